import Foundation
import Testing

/// `dgc compile` on input that is right.
@Suite struct CompileTests {
    @Test func goldenSpecificationCompilesAsItIs() throws {
        let plan = try Fixtures.sentimentPlan()
        #expect(try names(in: plan) == (PlanCopy.files + PlanCopy.stageFiles).sorted())
        let manifest = try JSONText(String(contentsOfFile: "\(plan)/manifest.json", encoding: .utf8))
        let entries = try #require(manifest.members["entries"] as? [[String: Any]])
        #expect(entries.compactMap { $0["name"] as? String } == ["infer.8", "loss.8", "grad.8", "train.8"])
    }

    /// All the way to the program, but for the C compiler.
    @Test(arguments: Fixtures.goldenModels) func everyGoldenSpecificationIsAccepted(_ name: String) throws {
        let outcome = try run(.dgc, "dump", Fixtures.golden("\(name).json"), "--stage", "program", "--entry", "train")
        #expect(try outcome.succeeded().output.contains("program @train."))
    }

    @Test func dataGivesRemainderBatches() throws {
        let text = try String(contentsOfFile: Fixtures.emotionPlan() + "/manifest.json", encoding: .utf8)
        let entries = try #require(JSONText(text).members["entries"] as? [[String: Any]])
        #expect(
            entries.compactMap { $0["name"] as? String }
                == ["infer.12", "infer.6", "loss.12", "loss.6", "grad.12", "train.12", "train.6"])
    }

    @Test(arguments: [("infer", ["infer.8"]), ("train,loss", ["loss.8", "train.8"])])
    func kindsOfEntriesAreThoseThatAreAskedFor(_ kinds: String, _ expected: [String]) throws {
        let folder = try TemporaryFolder()
        let arguments = ["compile", Fixtures.golden("mosi_small.json"), "--entries", kinds, "-o", folder.path("a.plan")]
        try run(.dgc, arguments, environment: Fixtures.quickCompiler()).succeeded()
        let manifest = try JSONText(String(contentsOfFile: folder.path("a.plan/manifest.json"), encoding: .utf8))
        #expect((manifest.members["entries"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == expected)
        guard kinds.contains("train") else { return }
        // It is all that training needs.
        try run(
            .dgrun, "train", folder.path("a.plan"), "--data", Fixtures.sentimentData(), "--out", folder.path("run"), "--epochs", "1"
        ).succeeded()
    }

    @Test(arguments: ["", "graph", "train,train", "train.8"]) func wrongKindsOfEntries(_ kinds: String) throws {
        let folder = try TemporaryFolder()
        let arguments = ["compile", Fixtures.golden("mosi_small.json"), "--entries", kinds, "-o", folder.path("a.plan")]
        try run(.dgc, arguments).showsUsage("--entries")
        #expect(try folder.names == [])
    }

    @Test func batchesAreThoseThatAreAskedFor() throws {
        let folder = try TemporaryFolder()
        let specification = Fixtures.golden("fewer_than_k.json")
        let outcome = try run(
            .dgc, "compile", specification, "--batch", "2,3", "-o", folder.path("a.plan"),
            environment: Fixtures.quickCompiler()
        ).succeeded()
        for entry in ["infer.3", "infer.2", "loss.3", "loss.2", "train.3", "train.2"] {
            #expect(outcome.output.contains("\n\(entry): "), outcome.summary)
        }
        #expect(outcome.output.contains("\(folder.path("a.plan")): "))
    }

    @Test func graphIsCompiledAndReplacesAnOlderPlan() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        // As shells complete it: with a slash. And relative, as it is typed.
        for name in ["a.plan", "a.plan/", "\(folder.root)/a.plan//", "./a.plan"] {
            try run(.dgc, "compile", "a.dg", "-o", name, "--force", in: folder.root).succeeded()
            #expect(try folder.names == ["a.dg", "a.plan"])
            #expect(try names(in: folder.path("a.plan")) == (PlanCopy.files + PlanCopy.stageFiles).sorted())
        }
        // An empty folder holds nothing that could be lost, and a damaged plan is a plan.
        try FileManager.default.createDirectory(atPath: folder.path("b.plan"), withIntermediateDirectories: false)
        try run(.dgc, "compile", graph, "-o", folder.path("b.plan")).succeeded()
        try FileManager.default.removeItem(atPath: folder.path("b.plan/manifest.json"))
        try run(.dgc, "compile", graph, "-o", folder.path("b.plan")).succeeded()
        try run(.dgrun, "bench", folder.path("b.plan"), "--iterations", "1").succeeded()
        #expect(try folder.names == ["a.dg", "a.plan", "b.plan"])
    }

    /// A compilation depends on nothing but its input, down to the names in the code.
    @Test func sameInputGivesTheSameText() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        for name in ["a.plan", "b.plan"] { try run(.dgc, "compile", graph, "-o", folder.path(name)).succeeded() }
        for file in ["program.dg", "kernels.c"] {
            #expect(try contents(folder.path("a.plan/\(file)")) == contents(folder.path("b.plan/\(file)")))
        }
        let arguments = ["dump", Fixtures.golden("mosi_small.json"), "--stage", "program", "--entry", "train"]
        let text = try run(.dgc, arguments).succeeded().output
        for _ in 0..<3 { #expect(try run(.dgc, arguments).succeeded().output == text) }
    }
}
