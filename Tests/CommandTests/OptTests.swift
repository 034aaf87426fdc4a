import Foundation
import Graph
import Testing

/// `dgc opt` and `dgc passes`, and the options that show passes in `dgc compile` and `dgc dump`.
@Suite struct OptTests {
    private static func graph(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("graphs/\(name)").path
    }

    /// The pipelines are those of the compiler.
    @Test(arguments: [("optimize,kernels", "kernels"), ("compile", "program")])
    func pipelinesAreTheCompilers(_ pipeline: String, _ stage: String) throws {
        let graph = Self.graph("sinkhorn.grad.dg")
        let found = try run(.dgc, "opt", graph, "--pipeline", pipeline).succeeded().output
        #expect(try found == run(.dgc, "dump", graph, "--stage", stage).succeeded().output)
    }

    /// Without passes a text of any level is verified and printed as it is.
    @Test(arguments: ["optimize", "optimize,kernels", "compile"])
    func textsAreVerified(_ pipeline: String) throws {
        let folder = try TemporaryFolder()
        let text = try run(.dgc, "opt", Self.graph("mlp.dg"), "--pipeline", pipeline).succeeded().output
        #expect(try run(.dgc, "opt", folder.write("// a note\n\n" + text, as: "a.dg")).succeeded().output == text)
    }

    /// Each stage is text that the next passes take.
    @Test func passesRunOnEveryLevel() throws {
        let folder = try TemporaryFolder()
        let kernels = try run(.dgc, "opt", Self.graph("mlp.dg"), "--pipeline", "train,kernels").succeeded().output
        let program = try run(.dgc, "opt", folder.write(kernels, as: "kernels.dg"), "--pipeline", "program").succeeded().output
        let direct = try run(.dgc, "opt", Self.graph("mlp.dg"), "--pipeline", "train,kernels,program").succeeded().output
        #expect(program == direct)
        let same = try run(.dgc, "opt", folder.write(program, as: "program.dg"), "--passes", "dead-code")
        same.isRefused("passes.level", "dead-code", "graph", "program")
        // Comments before the first line do not hide the level.
        let commented = try folder.write("// a note\n\n" + kernels, as: "commented.dg")
        #expect(try run(.dgc, "opt", commented, "--passes", "plan-memory").succeeded().output == program)
    }

    @Test func dumpsWhatChanged() throws {
        let folder = try TemporaryFolder()
        let dump = folder.path("passes")
        let arguments = ["opt", Self.graph("mlp.dg"), "--pipeline", "gradient,kernels", "--dump-dir", dump]
        let outcome = try run(.dgc, arguments + ["--time-passes"])
        let files = try FileManager.default.contentsOfDirectory(atPath: dump).sorted()
        #expect(outcome.status == 0 && files.first == "00-input.graph.dg" && files.contains("01-autodiff.graph.dg"))
        #expect(try String(contentsOfFile: "\(dump)/00-input.graph.dg", encoding: .utf8)
            == String(contentsOfFile: Self.graph("mlp.dg"), encoding: .utf8))
        let last = try #require(files.last)
        #expect(try String(contentsOfFile: "\(dump)/\(last)", encoding: .utf8) == outcome.output)
        // The table has a line for every pass, and says which ones wrote no file.
        let lines = outcome.errorLines.filter { $0.contains("%") }
        #expect(lines.filter { !$0.hasSuffix("unchanged") }.count == files.count - 1, outcome.summary)
        try run(.dgc, arguments).isRefused("folder.not-empty", "passes")
    }

    @Test func stopsAndPrints() throws {
        let graph = Self.graph("mlp.dg")
        let autodiff = try run(.dgc, "opt", graph, "--passes", "autodiff").succeeded().output
        for place in ["1", "autodiff"] {
            let arguments = ["opt", graph, "--pipeline", "train", "--stop-after", place]
            #expect(try run(.dgc, arguments).succeeded().output == autodiff)
        }
        let printed = try run(.dgc, "opt", graph, "--pipeline", "train", "--print-after", "autodiff", "--print-after", "dead-code")
        #expect(printed.errors.hasPrefix("// after autodiff\n" + autodiff), printed.summary)
        #expect(printed.errors.contains("// after dead-code, which changed nothing\n"), printed.summary)
        let whole = try run(.dgc, "opt", graph, "--pipeline", "train").succeeded().output
        #expect(printed.output == whole)
    }

    @Test(arguments: [
        (["--passes", "dead-code", "--pipeline", "train"], "arguments.passes", ["--passes", "--pipeline"]),
        (["--passes", "dead-code,"], "passes.name", ["dgc passes"]),
        (["--passes", "autodiff:of=y"], "autodiff.output", ["y"]),
        (["--pipeline", "fast"], "passes.pipeline", ["fast", "optimize"]),
        (["--pipeline", "program"], "passes.level", ["plan-memory", "kernels"]),
        (["--pipeline", "train", "--stop-after", "99"], "arguments.stop-after", ["99"]),
        (["--pipeline", "train", "--disable", "autodiff"], "arguments.disable", ["autodiff", "dead-code"]),
        (["--pipeline", "train", "--print-after", "fast"], "passes.name", ["--print-after", "fast"]),
    ]) func mistakesAreRefused(_ arguments: [String], _ id: String, _ mentions: [String]) throws {
        try run(.dgc, ["opt", Self.graph("mlp.dg")] + arguments).isRefused(id, mentions: mentions)
    }

    /// A text that is well formed and yet wrong is its author's mistake, not the compiler's.
    @Test func brokenProgramIsRefused() throws {
        let folder = try TemporaryFolder()
        let program = try run(.dgc, "opt", Self.graph("mlp.dg"), "--pipeline", "compile").succeeded().output
        let lines = program.split(separator: "\n", omittingEmptySubsequences: false)
        let step = try #require(lines.firstIndex { $0.hasPrefix("  step ") })
        let damaged = (lines[..<step] + lines[(step + 1)...]).joined(separator: "\n")
        let outcome = try run(.dgc, "opt", folder.write(damaged, as: "a.dg"), "--passes", "dead-code")
        #expect(outcome.status == 2, outcome.summary)
    }

    @Test func listNamesPassesAndPipelines() throws {
        let text = try run(.dgc, "passes").succeeded().output
        for word in ["form-kernels ", "graph -> kernels", "dead-code*", "pairs*", "kernels -> program", "\npipelines\n", ":clip=NUMBER"] {
            #expect(text.contains(word), "\(word)")
        }
    }

    // MARK: The same in a compilation

    @Test func compilationShowsItsPasses() throws {
        let folder = try TemporaryFolder()
        let (plan, dump) = (folder.path("a.plan"), folder.path("passes"))
        let arguments = ["compile", Self.graph("mlp.dg"), "-o", plan]
        try run(.dgc, arguments, environment: Fixtures.quickCompiler()).succeeded()
        #expect(try run(.dgc, arguments, environment: Fixtures.quickCompiler()).succeeded().output.contains("is up to date"))
        // What is up to date is compiled again where its passes are to be seen.
        let shown = try run(.dgc, arguments + ["--dump-dir", dump, "--time-passes"], environment: Fixtures.quickCompiler())
        #expect(shown.status == 0 && shown.errors.contains("plan-memory"), shown.summary)
        let files = try FileManager.default.contentsOfDirectory(atPath: dump)
        #expect(files.contains { $0.hasSuffix("plan-memory.program.dg") } && files.contains("00-input.graph.dg"))
    }

    @Test func entriesHaveFoldersOfTheirOwn() throws {
        let folder = try TemporaryFolder()
        let dump = folder.path("passes")
        try run(
            .dgc, "compile", Fixtures.golden("iemocap_small.json"), "-o", folder.path("a.plan"), "--dump-dir", dump,
            environment: Fixtures.quickCompiler()
        ).succeeded()
        let entries = try FileManager.default.contentsOfDirectory(atPath: dump).sorted()
        #expect(entries.map { $0.prefix { $0 != "." } } == ["grad", "infer", "loss", "train"])
        for entry in entries {
            // Passes of all levels count on.
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(dump)/\(entry)").sorted()
            #expect(files.first == "00-input.graph.dg" && files.last?.hasSuffix("plan-memory.program.dg") == true, "\(files)")
        }
    }

    @Test func graphPassesCanBeLeftOut() throws {
        let folder = try TemporaryFolder()
        let plan = folder.path("a.plan")
        let arguments = ["compile", Self.graph("sinkhorn.grad.dg"), "-o", plan]
        try run(.dgc, arguments, environment: Fixtures.quickCompiler()).succeeded()
        let without = arguments + ["--disable", "loop-sums", "--disable", "loop-invariants"]
        #expect(try !run(.dgc, without, environment: Fixtures.quickCompiler()).succeeded().output.contains("up to date"))
        #expect(try run(.dgc, without, environment: Fixtures.quickCompiler()).succeeded().output.contains("up to date"))
        let dump = ["dump", Fixtures.golden("iemocap_small.json"), "--entry", "grad"]
        let (all, fewer) = (try run(.dgc, dump).succeeded().output, try run(.dgc, dump + ["--disable", "loop-sums"]).succeeded().output)
        #expect(all != fewer)
    }

    @Test(arguments: [
        (["dump", "a.dg", "--time-passes"], ["--time-passes", "a.dg", "dgc opt"]),
        (["dump", "graph.plan", "--stage", "program", "--print-after", "tile"], ["--print-after", "graph.plan"]),
    ]) func nothingToShowIsRefused(_ arguments: [String], _ mentions: [String]) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Fixtures.graphText, as: "a.dg")
        _ = try folder.copy(Fixtures.graphPlan(), as: "graph.plan")
        try run(.dgc, arguments, in: folder.root).isRefused("arguments.option", mentions: mentions)
    }
}
