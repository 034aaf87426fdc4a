import Foundation
import Graph
import Testing

/// `dgc bisect` and `--verify-passes`: passes that are right change no numbers, and texts that differ are told apart.
@Suite struct BisectTests {
    private static func graph(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("graphs/\(name)").path
    }

    private static func isFound(_ outcome: Outcome, _ mentions: String...) {
        #expect(outcome.status == 1 && !outcome.isSignal, outcome.summary)
        for mention in mentions { #expect(outcome.output.contains(mention), "no word of \(mention): \(outcome.summary)") }
    }

    @Test func rightGraphAgrees() throws {
        let outcome = try run(.dgc, "bisect", Self.graph("mlp.dg"), "--gradient", "loss", environment: Fixtures.quickCompiler())
        #expect(outcome.status == 0 && outcome.output.hasPrefix("no difference"), outcome.summary)
        #expect(outcome.errors.contains("after form-kernels\n") && outcome.errors.hasSuffix("after the compiled plan\n"), outcome.summary)
    }

    @Test func rightModelAgrees() throws {
        let outcome = try run(
            .dgc, "bisect", Fixtures.golden("iemocap_small.json"), "--entry", "grad", "--batch", "2", "--seed", "5",
            environment: Fixtures.quickCompiler())
        #expect(outcome.status == 0 && outcome.output.contains("seed 5"), outcome.summary)
        #expect(outcome.errors.contains("after autodiff\n"), outcome.summary)
    }

    /// A compiler that takes another root is found out by running the plan.
    @Test func wrongCodeIsFound() throws {
        let folder = try TemporaryFolder()
        let compiler = try Fixtures.quickCompiler()
        let right = try #require(compiler["DG_CC"])
        let wrong = try folder.writeScript("exec '\(right)' -D__builtin_sqrtf=__builtin_cbrtf \"$@\"", as: "wrong")
        let graph = try folder.write("""
            dg 1 graph

            graph @a {
              input %x : f32[8]
              %a = abs %x : f32[8]
              %root = sqrt %a : f32[8]
              %bias = constant {value=2.0} : f32[8]
              %sum = reduce %root {kind=sum, axes=[0]} : f32[]
              %total = broadcast %sum {axes=[]} : f32[8]
              %result = add %total, %bias : f32[8]
              output result = %result
            }

            """, as: "a.dg")
        #expect(try run(.dgc, "bisect", graph, environment: compiler).status == 0)
        Self.isFound(try run(.dgc, "bisect", graph, environment: ["DG_CC": wrong]), "compiled code changes the numbers", "output %result[",
            "first value that differs: %sum is")
    }

    @Test func changedConstantIsFound() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: Self.graph("sinkhorn.dg"), encoding: .utf8)
        let other = try folder.write(text.replacing("value=1e-08", with: "value=0.001"), as: "b.dg")
        Self.isFound(
            try run(.dgc, "bisect", Self.graph("sinkhorn.dg"), other), "output %loss", "first value that differs: %iterations.scaling0",
            "ulps", "seed 1")
        #expect(try run(.dgc, "bisect", Self.graph("sinkhorn.dg"), other, "--tolerance", "10").status == 0)
    }

    /// A value on the way is named, also where the second text has it inside a kernel.
    @Test func firstValueIsNamedOnTheKernelLevel() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        let kernels = try run(.dgc, "opt", graph, "--pipeline", "kernels").succeeded().output
        #expect(try run(.dgc, "bisect", graph, folder.write(kernels, as: "k.dg")).status == 0)
        let wrong = try folder.write(kernels.replacing("= multiply", with: "= add"), as: "wrong.dg")
        Self.isFound(try run(.dgc, "bisect", graph, wrong), "first value that differs: %y[", "elements differ")
    }

    @Test func questionsWithoutAnswersAreRefused() throws {
        let folder = try TemporaryFolder()
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        let program = try folder.write(run(.dgc, "opt", graph, "--pipeline", "compile").succeeded().output, as: "p.dg")
        try run(.dgc, "bisect", graph, program).isRefused("bisect.level", "p.dg", "graph or kernels")
        let renamed = try folder.write(
            Fixtures.graphText.replacingOccurrences(of: "output y", with: "output z")
                .replacingOccurrences(of: "output rows", with: "output lines"), as: "b.dg")
        try run(.dgc, "bisect", graph, renamed).isRefused("bisect.outputs", "rows", "lines")
        try run(.dgc, "bisect", graph, Self.graph("mlp.dg")).isRefused("bisect.inputs", "chosen", "fc1.weight")
        try run(.dgc, "bisect", graph, graph, "--gradient", "y").isRefused("arguments.option", "--gradient", "as they stand")
        try run(.dgc, "bisect", graph, "--entry", "train").isRefused("arguments.option", "--entry train")
        try run(.dgc, "bisect", graph, "--tolerance=-1").isRefused("arguments.range", "--tolerance")
    }

    // MARK: --verify-passes

    @Test(arguments: [["opt", "--pipeline", "train,kernels,program"], ["dump", "--stage", "program"]])
    func rightPassesAreVerified(_ arguments: [String]) throws {
        let outcome = try run(.dgc, [arguments[0], Self.graph("mlp.dg")] + arguments.dropFirst() + ["--verify-passes", "--seed", "9"])
        #expect(outcome.status == 0 && outcome.errors.hasPrefix("note: verified "), outcome.summary)
        #expect(outcome.errors.contains("seed 9"), outcome.summary)
    }

    // MARK: Interfaces

    private static let small = """
        dg 1 graph

        graph @small {
          input %x : f32[4]
          %y = multiply %x, %x : f32[4]
          %z = add %y, %x : f32[4]
          output y = %y
          output z = %z
        }

        """

    private func bisect(_ change: (String) -> String) throws -> Outcome {
        let folder = try TemporaryFolder()
        let first = try folder.write(Self.small, as: "a.dg")
        let second = try folder.write(change(Self.small), as: "b.dg")
        return try run(.dgc, "bisect", first, second)
    }

    @Test func anOutputOfOnlyOneTextIsADifference() throws {
        let dropped = try bisect { $0.replacingOccurrences(of: "  output y = %y\n", with: "") }
        #expect(dropped.status == 1, dropped.summary)
        #expect(dropped.output.contains("a.dg has output y : f32[4]\n") && dropped.output.contains("no difference in 1 outputs"))
        let renamed = try bisect { $0.replacingOccurrences(of: "output y", with: "output w") }
        #expect(renamed.status == 1 && renamed.output.contains("b.dg has output w"), renamed.summary)
    }

    @Test func otherInputsAreRefused() throws {
        try bisect { $0.replacingOccurrences(of: "%x", with: "%features") }
            .isRefused("bisect.inputs", mentions: ["x : f32[4]", "features : f32[4]"])
        try bisect { $0.replacingOccurrences(of: "f32[4]", with: "f32[5]") }
            .isRefused("bisect.inputs", mentions: ["x : f32[4]", "x : f32[5]"])
    }

    @Test func plansAreLookedAtByThemselves() throws {
        let plan = try Fixtures.graphPlan()
        try run(.dgc, "bisect", plan, plan).isRefused("bisect.source", "dgc compare")
        let outcome = try run(.dgc, "bisect", plan)
        #expect(outcome.status == 0 && outcome.output.hasPrefix("no difference: the numbers after each of"), outcome.summary)
    }
}
