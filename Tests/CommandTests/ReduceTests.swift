import Foundation
import Graph
import Testing

/// `dgc reduce`: the smallest graph that a command still finds interesting, always on disk.
@Suite struct ReduceTests {
    private static let graph = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("graphs/sinkhorn.grad.dg").path

    @Test(arguments: ["grep -q ' = exp '", "test -s {} && grep -q ' = exp ' {}"])
    func checkGetsThePath(_ check: String) throws {
        let folder = try TemporaryFolder()
        let output = folder.path("small.dg")
        let outcome = try run(.dgc, "reduce", Self.graph, "--check", check, "-o", output)
        #expect(outcome.status == 0 && outcome.output.isEmpty, outcome.summary)
        #expect(outcome.errorLines.last?.contains("reduced from") == true, outcome.summary)
        let small = try GraphParser.parse(String(contentsOfFile: output, encoding: .utf8), file: output)
        #expect(small.nodes.count <= 2 && small.text.contains("exp"), "\(small.text)")
    }

    @Test func outputHasANameOfItsOwn() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Fixtures.graphText, as: "a.dg")
        #expect(try run(.dgc, "reduce", "a.dg", "--check", "grep -q gather", in: folder.root).status == 0)
        let small = try String(contentsOfFile: folder.path("a.reduced.dg"), encoding: .utf8)
        #expect(small.contains("gather") && !small.contains("multiply"), "\(small)")
        #expect(try String(contentsOfFile: folder.path("a.dg"), encoding: .utf8) == Fixtures.graphText)
    }

    @Test(arguments: [
        ("false", "reduce.uninteresting", ["a.dg", "exit code 1"]), ("no-such-command-here", "reduce.check", ["127"]),
        ("kill -9 $$;", "reduce.uninteresting", ["signal 9"]),
    ]) func mistakesAreRefused(_ check: String, _ id: String, _ mentions: [String]) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Fixtures.graphText, as: "a.dg")
        try run(.dgc, "reduce", "a.dg", "--check", check, in: folder.root).isRefused(id, mentions: mentions)
        #expect(!FileManager.default.fileExists(atPath: folder.path("a.reduced.dg")))
    }

    @Test func slowCheckIsNotInteresting() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Fixtures.graphText, as: "a.dg")
        try run(.dgc, "reduce", "a.dg", "--check", "sleep 30; true", "--timeout", "0.2", in: folder.root)
            .isRefused("reduce.uninteresting", "no end in time")
    }

    @Test func otherLevelsAreRefused() throws {
        let folder = try TemporaryFolder()
        let kernels = try run(.dgc, "opt", Self.graph, "--passes", "form-kernels").succeeded().output
        try run(.dgc, "reduce", folder.write(kernels, as: "k.dg"), "--check", "true").isRefused("reduce.level", "k.dg", "graph", "kernels")
    }

    /// A check that counts its calls and likes a file only at first.
    @Test func flakyCheckIsFound() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Fixtures.graphText, as: "a.dg")
        let check = "echo x >> calls; test $(wc -l < calls) -lt 3"
        try run(.dgc, "reduce", "a.dg", "--check", check + " && test -s", in: folder.root).isRefused("reduce.flaky", "a.dg")
    }

    @Test func interruptionKeepsTheBest() throws {
        let folder = try TemporaryFolder()
        let output = folder.path("small.dg")
        // Becomes slow when the graph is smaller, so that the interruption comes before the end.
        let check = "grep -q ' = exp ' {} && { test $(wc -l < {}) -gt 60 || sleep 0.3; }"
        let launch = try Launch(Tool.dgc.path(), ["reduce", Self.graph, "--check", check, "-o", output])
        let size = try String(contentsOfFile: Self.graph, encoding: .utf8).count
        let patience = Date(timeIntervalSinceNow: 120)
        while (try? String(contentsOfFile: output, encoding: .utf8).count) ?? size >= size, Date() < patience { usleep(10_000) }
        launch.send(SIGINT)
        let outcome = try launch.wait()
        #expect(outcome.isSignal && outcome.status == SIGINT, outcome.summary)
        #expect(outcome.errors.contains("interrupted; the smallest graph so far is in \(output)"), outcome.summary)
        let small = try GraphParser.parse(String(contentsOfFile: output, encoding: .utf8), file: output)
        #expect(small.text.contains(" = exp "))
    }
}
