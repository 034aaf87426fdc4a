import Foundation
import Testing

/// `dgc explain`: why values are in kernels and memory as they are.
@Suite struct ExplainTests {
    private static let graph = """
        dg 1 graph

        graph @explained {
          input %x : f32[64]
          input %y : f32[64]
          %part/one = constant {value=1.0} : f32[64]
          %part/same = multiply %x, %part/one : f32[64]
          %part/exp = exp %part/same : f32[64]
          %part/sum = reduce %part/exp {kind=sum, axes=[0]} : f32[]
          %part/all = broadcast %part/sum {axes=[]} : f32[64]
          %share = divide %part/exp, %part/all : f32[64]
          %other = multiply %share, %y : f32[64]
          output share = %other
        }

        """

    private static func explain(_ arguments: String...) throws -> Outcome {
        let folder = try TemporaryFolder()
        return try run(.dgc, ["explain", folder.write(graph, as: "a.dg")] + arguments)
    }

    @Test func valuesOfOneKernel() throws {
        let text = try Self.explain("--fusion", "share", "%other").succeeded().output
        #expect(text.hasPrefix("%share and %other are in one kernel: %other\npath: %share → %other\n"), "\(text)")
        #expect(text.contains("form-kernels: fused: all its readers are in one kernel"))
        #expect(!text.contains("to change it"), "nothing has to be changed: \(text)")
    }

    @Test func valuesOfTwoKernels() throws {
        let text = try Self.explain("--fusion", "part/exp", "other").succeeded().output
        #expect(text.hasPrefix("%part/exp and %other are in no common kernel\npath: %part/exp → %share → %other\n"), "\(text)")
        let reason = "%part/exp materialized: 2 kernels read it and computing it costs 8\n    to change it: fewer readers"
        #expect(text.contains(reason), "\(text)")
        let json = try JSONText(Self.explain("--fusion", "part/exp", "other", "--json").succeeded().output).members
        #expect(json["version"] as? Int == 1 && json["common"] as? [String] == [])
        let sides = try #require(json["values"] as? [[String: Any]])
        #expect(sides.map { $0["value"] as? String } == ["part/exp", "other"])
        let cut = try #require((json["cuts"] as? [[String: String]])?.first)
        #expect(cut["value"] == "part/exp" && cut["pass"] == "form-kernels" && cut["unless"]?.isEmpty == false)
    }

    @Test func lifeOfAValue() throws {
        let gone = try Self.explain("--value", "same").succeeded().output
        let life = "declared: multiply %x, %part/one : f32[64]\n  simplify: replaced: its readers read %x instead\n"
        #expect(gone.contains(life), "\(gone)")
        let kept = try Self.explain("--value", "part/sum").succeeded().output
        #expect(kept.contains("declared: reduce %part/exp {kind=sum, axes=[0]} : f32[]"), "\(kept)")
        for line in [
            "form-kernels: placed: computed in kernel %part/sum (reduction, 1 operations), written to memory",
            "written in epoch 1 by step %part/sum", "read in epoch 2 by step %other",
        ] {
            #expect(kept.contains(line), "\(kept)")
        }
        let json = try JSONText(Self.explain("--value", "part/sum", "--json").succeeded().output).members
        let memory = try #require(json["memory"] as? [String: Any])
        #expect(memory["region"] as? String == "workspace" && memory["bytes"] as? Int == 4 && memory["epochs"] as? Int == 3)
    }

    @Test func planOfAModel() throws {
        let plan = try Fixtures.sentimentPlan()
        let life = try run(.dgc, "explain", plan, "--value", "trans_l/layers.0/self_attn/scores").succeeded().output
        #expect(life.contains("declared: dot ") && life.contains("in train.8"), "\(life)")
        let peak = try JSONText(run(.dgc, "explain", plan, "--peak", "--json").succeeded().output).members
        #expect(peak["entry"] as? String == "train.8")
        let scopes = try #require(peak["scopes"] as? [[String: Any]]).map { $0["bytes"] as? Int ?? 0 }
        #expect(scopes == scopes.sorted(by: >))
        #expect(scopes.reduce(0, +) == peak["lowerBoundBytes"] as? Int, "everything that is held has a scope")
        let text = try run(.dgc, "explain", plan, "--peak", "--entry", "infer").succeeded().output
        #expect(text.hasPrefix("workspace of infer.8: ") && text.contains("what would lower it"), "\(text)")
    }

    @Test func planOfAGraph() throws {
        let text = try run(.dgc, "explain", Fixtures.graphPlan(), "--value", "rows").succeeded().output
        #expect(text.contains("explain the graph itself") && text.contains("kernels: computed in kernel %rows"), "\(text)")
    }

    /// A file of any level is enough for what that level knows.
    @Test func textsOfAllLevels() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        let kernels = try folder.write(run(.dgc, "opt", graph, "--pipeline", "optimize,kernels").succeeded().output, as: "k.dg")
        let program = try folder.write(run(.dgc, "opt", kernels, "--pipeline", "program").succeeded().output, as: "p.dg")
        let peaks = try [graph, kernels, program].map { try run(.dgc, "explain", $0, "--peak").succeeded().output }
        #expect(peaks[0].hasPrefix("workspace of affine: ") && peaks[1] == peaks[0], "\(peaks)")
        #expect(peaks[2].hasPrefix(peaks[0].prefix(while: { $0 != "\n" })), "\(peaks)")
        for text in [kernels, program] {
            let life = try run(.dgc, "explain", text, "--value", "rows").succeeded().output
            #expect(life.contains("explain the graph itself") && life.contains("bytes at outputs"), "\(life)")
        }
        try run(.dgc, "explain", kernels, "--fusion", "y", "rows").succeeded()
        try run(.dgc, "explain", program, "--fusion", "y", "rows").isRefused("explain.level", "p.dg", "program")
    }

    @Test func refusals() throws {
        try Self.explain("--value", "part").isRefused("explain.ambiguous-value", "%part/exp", "%part/sum")
        try Self.explain("--value", "part/sun").isRefused("explain.unknown-value", "part/sun", "%part/sum")
        try Self.explain("--peak", "--entry", "train").isRefused("arguments.option", "--entry train")
        try Self.explain().showsUsage("Ask one thing")
        try Self.explain("--peak", "--value", "x").showsUsage("Ask one thing")
        try Self.explain("--fusion", "x").showsUsage("--fusion takes two values")
    }
}
