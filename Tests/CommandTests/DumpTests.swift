import Foundation
import Graph
import Testing

/// `dgc dump`: what is printed at any stage can be read back.
@Suite struct DumpTests {
    private static let stages = ["graph", "kernels", "program"]

    /// Reads a text back, verifies what it says, and prints it again.
    private func expectRoundTrip(_ text: String, _ stage: String) throws {
        switch stage {
        case "graph":
            let graph = try GraphParser.parse(text, file: stage)
            try GraphVerifier.verify(graph)
            #expect(graph.text == text)
        case "kernels":
            let kernels = try KernelGraph.parse(text, file: stage)
            try KernelGraphVerifier.verify(kernels)
            #expect(kernels.text == text)
        default:
            let programs = try Program.parseAll(text, file: stage)
            for program in programs { try ProgramVerifier.verify(program) }
            #expect(!programs.isEmpty && Program.text(of: programs) == text)
        }
    }

    @Test(arguments: stages, ["infer", "loss", "grad", "train"])
    func specificationComesBack(_ stage: String, _ entry: String) throws {
        let arguments = ["dump", Fixtures.golden("fewer_than_k.json"), "--stage", stage, "--entry", entry]
        let text = try run(.dgc, arguments).succeeded().output
        try expectRoundTrip(text, stage)
        #expect(text.contains("@\(entry).4 "))
    }

    @Test(arguments: stages, ["infer", "train"]) func planComesBack(_ stage: String, _ entry: String) throws {
        let arguments = try ["dump", Fixtures.sentimentPlan(), "--stage", stage, "--entry", entry]
        let text = try run(.dgc, arguments).succeeded().output
        try expectRoundTrip(text, stage)
        // Functions are numbered over all entries of a plan, which shows in its programs.
        guard stage != "program" else { return }
        let again = ["dump", Fixtures.golden("mosi_small.json"), "--stage", stage, "--entry", entry]
        #expect(try run(.dgc, again).succeeded().output == text, "the plan's stages are not the specification's")
    }

    @Test func planPrintsItsProgramFile() throws {
        let plan = try Fixtures.sentimentPlan()
        let text = try run(.dgc, "dump", plan, "--stage", "program").succeeded().output
        #expect(try text == String(contentsOfFile: "\(plan)/program.dg", encoding: .utf8))
    }

    @Test(arguments: ["--unfused", "--no-reuse", "--disable=tile", "--disable=rematerialize"])
    func programsOfOtherPassesComeBack(_ option: String) throws {
        let arguments = ["dump", Fixtures.golden("fewer_than_k.json"), "--entry", "grad", option]
        for stage in ["kernels", "program"] {
            try expectRoundTrip(run(.dgc, arguments + ["--stage", stage]).succeeded().output, stage)
        }
    }

    @Test(arguments: stages) func graphComesBack(_ stage: String) throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        let text = try run(.dgc, "dump", graph, "--stage", stage).succeeded().output
        try expectRoundTrip(text, stage)
        if stage == "graph" { #expect(text == Fixtures.graphText) }
        if stage == "program" { #expect(try run(.dgc, "dump", Fixtures.graphPlan(), "--stage", stage).succeeded().output == text) }
    }

    /// A dumped graph is a source like any other.
    @Test func dumpedGraphCompiles() throws {
        let folder = try TemporaryFolder()
        let text = try run(.dgc, "dump", Fixtures.golden("fewer_than_k.json"), "--entry", "infer").succeeded().output
        let graph = try folder.write(text, as: "infer.dg")
        try run(.dgc, "compile", graph, "-o", folder.path("infer.plan"), environment: Fixtures.quickCompiler()).succeeded()
        try run(.dgrun, "bench", folder.path("infer.plan"), "--iterations", "1").succeeded()
    }

    @Test(arguments: [
        (["graph.plan"], "dump.stage", ["--stage program"]),
        (["graph.plan", "--stage", "kernels"], "dump.stage", ["--stage program"]),
        (["graph.plan", "--stage", "program", "--entry", "train"], "arguments.option", ["--entry train", "graph.plan"]),
        (["graph.plan", "--stage", "program", "--unfused"], "arguments.option", ["--unfused", "graph.plan"]),
        (["graph.plan", "--stage", "program", "--no-reuse"], "arguments.option", ["--no-reuse", "graph.plan"]),
        (["graph.plan", "--stage", "program", "--disable", "tile"], "arguments.option", ["--disable", "graph.plan"]),
        (["a.dg", "--disable", "speed"], "arguments.disable", ["--disable", "tile", "speed"]),
        (["graph.plan", "--set", "a=1"], "arguments.option", ["--set", "graph.plan"]),
        (["a.dg", "--entry", "train"], "arguments.option", ["--entry train", "a.dg"]),
        (["a.dg", "--batch", "2"], "arguments.option", ["--batch", "a.dg"]),
        (["missing.plan"], "plan.missing", ["missing.plan", "dgc compile"]),
        (["."], "plan.incomplete", ["manifest.json"]),
    ]) func pointlessQuestionsAreRefused(_ arguments: [String], _ id: String, _ mentions: [String]) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Fixtures.graphText, as: "a.dg")
        _ = try folder.copy(Fixtures.graphPlan(), as: "graph.plan")
        try run(.dgc, ["dump"] + arguments, in: folder.root).isRefused(id, mentions: mentions)
    }
}
