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
            let graphs = try GraphParser.parseAll(text, file: stage)
            for graph in graphs { try GraphVerifier.verify(graph) }
            #expect(!graphs.isEmpty && Graph.text(of: graphs) == text)
        case "kernels":
            let kernels = try KernelGraph.parseAll(text, file: stage)
            for graph in kernels { try KernelGraphVerifier.verify(graph) }
            #expect(!kernels.isEmpty && KernelGraph.text(of: kernels) == text)
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

    @Test(arguments: stages) func planPrintsItsFiles(_ stage: String) throws {
        for plan in try [Fixtures.sentimentPlan(), Fixtures.graphPlan()] {
            let text = try run(.dgc, "dump", plan, "--stage", stage).succeeded().output
            #expect(try text == String(contentsOfFile: "\(plan)/\(stage).dg", encoding: .utf8))
            try expectRoundTrip(text, stage)
        }
    }

    /// A kind may have several batch sizes; a name has one.
    @Test(arguments: stages) func entriesAreChosen(_ stage: String) throws {
        let plan = try Fixtures.emotionPlan()
        let all = try run(.dgc, "dump", plan, "--stage", stage).succeeded().output
        let names = all.matches(of: /(?m)^[a-z]+ @([a-z]+\.[0-9]+) \{/).map { String($0.1) }
        let evaluated = names.filter { $0.hasPrefix("infer.") }
        try #require(evaluated.count > 1)
        for name in evaluated + ["infer"] {
            let text = try run(.dgc, "dump", plan, "--stage", stage, "--entry", name).succeeded().output
            try expectRoundTrip(text, stage)
            #expect(evaluated.filter { text.contains("@\($0) ") } == (name == "infer" ? evaluated : [name]))
        }
        try run(.dgc, "dump", plan, "--stage", stage, "--entry", "infer.999")
            .isRefused("arguments.entry", "infer.999", evaluated[0])
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
        if stage != "graph" { #expect(try run(.dgc, "dump", Fixtures.graphPlan(), "--stage", stage).succeeded().output == text) }
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
