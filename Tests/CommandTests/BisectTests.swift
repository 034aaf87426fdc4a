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
        try run(.dgc, "bisect", graph, Self.graph("mlp.dg")).isRefused("bisect.outputs", "rows", "loss")
        try run(.dgc, "bisect", Fixtures.graphPlan()).isRefused("bisect.source", "graph.plan")
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
}
