import Foundation
import Testing

/// `dgc compare`: two plans with different fusion on the same inputs.
@Suite struct CompareTests {
    /// Products with weights, and the sums of their exponentials; `%total` and `%result` have memory in every plan.
    private static func graph(factor: String = "0.5", last: String = "subtract") -> String {
        """
        dg 1 graph

        graph @rows {
          input %x : f32[64,96]
          input %w : f32[96,32] parameter
          %factor = constant {value=\(factor)} : f32[64,96]
          %part/scaled = multiply %x, %factor : f32[64,96]
          %part/product = dot %part/scaled, %w {batch=[[],[]], contract=[[1],[0]]} : f32[64,32]
          %part/exponential = exp %part/product : f32[64,32]
          %part/total = reduce %part/exponential {kind=sum, axes=[1]} : f32[64]
          %part/wide = broadcast %part/total {axes=[0]} : f32[64,32]
          %part/result = \(last) %part/product, %part/wide : f32[64,32]
          output y = %part/result
          output total = %part/total
        }

        """
    }

    private func compile(_ text: String, _ name: String, _ options: String..., in folder: TemporaryFolder) throws -> String {
        let plan = folder.path("\(name).plan")
        try run(.dgc, ["compile", folder.write(text, as: "\(name).dg"), "-o", plan] + options).succeeded()
        return plan
    }

    @Test func fusionMakesNoDifference() throws {
        let folder = try TemporaryFolder()
        let fused = try compile(Self.graph(), "fused", in: folder)
        let unfused = try compile(Self.graph(), "unfused", "--unfused", "--no-reuse", in: folder)
        for plans in [[fused, unfused], [unfused, fused], [fused, fused]] {
            let result = try JSONText(run(.dgc, ["compare"] + plans + ["--json"]).succeeded().output)
            #expect(result.members["same"] as? Bool == true)
            #expect(try result.number("outputs") == 2 && result.number("largest_relative") < 1e-5)
            let skipped = try result.numbers("skipped")
            #expect(plans[0] == plans[1] ? skipped == [0, 0] : skipped != [0, 0])
        }
        let text = try run(.dgc, "compare", fused, unfused).succeeded().output
        #expect(text.contains("2 outputs, 0 differ") && text.contains("same within the tolerance"))
    }

    @Test func theFirstDifferenceIsNamed() throws {
        let folder = try TemporaryFolder()
        let plan = try compile(Self.graph(), "right", "--unfused", in: folder)
        let other = try compile(Self.graph(last: "add"), "wrong", "--disable", "tile", "--disable", "batch", in: folder)
        let outcome = try run(.dgc, "compare", plan, other, "--json")
        #expect(outcome.status == 1 && outcome.errors.isEmpty, outcome.summary)
        let result = try JSONText(outcome.output)
        #expect(result.members["differing_outputs"] as? [String] == ["y"])
        let first = try #require((result.members["differences"] as? [[String: Any]])?.first)
        #expect(first["name"] as? String == "part/result")
        #expect((first["agreeing_operands"] as? [String])?.contains("part/product") == true)
        #expect((first["numbers"] as? [NSNumber])?.count == 2 && (first["ulp"] as? NSNumber)?.intValue ?? 0 > 1000)
        let text = try run(.dgc, "compare", plan, other).output
        #expect(text.contains("first difference: part/result\n") && text.contains(" ULP"))
    }

    /// Everything behind the cause differs as well; the cause stands first.
    @Test func laterDifferencesAreNotTheFirst() throws {
        let folder = try TemporaryFolder()
        let plan = try compile(Self.graph(), "right", in: folder)
        let other = try compile(Self.graph(factor: "0.75"), "wrong", "--unfused", in: folder)
        var inputs = TensorFile()
        inputs.set("x", [64, 96], floats: (0..<64 * 96).map { Float($0 % 7) * 0.1 })
        let file = try inputs.write(safetensors: folder.path("in.safetensors"))
        let outcome = try run(.dgc, "compare", plan, other, "--in", file)
        #expect(outcome.status == 1 && outcome.errors.isEmpty, outcome.summary)
        #expect(outcome.output.contains("first difference: part/total\n"), outcome.summary)
        try run(.dgc, "compare", plan, other, "--in", file, "--tolerance", "1").succeeded()
    }

    @Test func numbersThatAreNotFiniteDiffer() throws {
        let folder = try TemporaryFolder()
        let plan = try compile(Self.graph(), "right", in: folder)
        let other = try compile(Self.graph(factor: "1e30"), "wrong", in: folder)
        let outcome = try run(.dgc, "compare", plan, other)
        #expect(outcome.status == 1 && outcome.output.contains("first difference: part/product"), outcome.summary)
        #expect(try run(.dgc, "compare", other, other).succeeded().output.contains("same within the tolerance"))
    }

    /// A training step of the model with one kernel for every operation, and as it is compiled by default.
    @Test func modelsAgree() throws {
        let folder = try TemporaryFolder()
        let unfused = folder.path("unfused.plan")
        try run(
            .dgc, "compile", Fixtures.golden("mosi_small.json"), "--unfused", "-o", unfused, environment: Fixtures.quickCompiler()
        ).succeeded()
        let result = try JSONText(run(.dgc, "compare", unfused, Fixtures.sentimentPlan(), "--json").succeeded().output)
        #expect(result.members["entry"] as? String == "train.8")
        #expect(try result.number("values") > 500 && result.number("outputs") > 100)
        let golden = Fixtures.golden("mosi_small.safetensors")
        try run(.dgc, "compare", unfused, Fixtures.sentimentPlan(), "--entry", "loss", "--in", golden).succeeded()
    }

    @Test func mistakesAreRefused() throws {
        let folder = try TemporaryFolder()
        let plan = try Fixtures.graphPlan()
        let other = try compile(Self.graph(), "other", in: folder)
        try run(.dgc, "compare", plan, other).isRefused("compare.inputs", "x : f32[4,3]", "x : f32[64,96]")
        try run(.dgc, "compare", plan, Fixtures.sentimentPlan()).isRefused("compare.inputs", "plain graph")
        try run(.dgc, "compare", plan, plan, "--entry", "loss").isRefused("arguments.entry", "no --entry")
        try run(.dgc, "compare", plan, plan, "--tolerance", "-1").isRefused("arguments.range", "--tolerance")
        try run(.dgc, "compare", plan, folder.path("none.plan")).isRefused("plan.missing", "none.plan")
        let renamed = Self.graph().replacingOccurrences(of: "output total", with: "output sum")
        try run(.dgc, "compare", other, compile(renamed, "renamed", in: folder))
            .isRefused("compare.outputs", "total : f32[64]", "sum : f32[64]")
    }
}
