import Foundation
import Testing

/// `dgrun run` against the numbers of the authors' model, and on what a user may leave out.
@Suite struct RunTests {
    private func run(_ plan: String, _ tensors: TensorFile, _ options: String...) throws -> TensorFile {
        let folder = try TemporaryFolder()
        let input = try tensors.write(safetensors: folder.path("a.safetensors"))
        let output = folder.path("b.safetensors")
        try CommandTests.run(.dgrun, ["run", plan, "--in", input, "--out", output] + options).succeeded()
        #expect(try folder.names == ["a.safetensors", "b.safetensors"])
        return try TensorFile(safetensors: output)
    }

    private static func golden() throws -> TensorFile {
        try TensorFile(safetensors: Fixtures.golden("mosi_small.safetensors"))
    }

    /// Tensors by their plain names, as the contract has them.
    private static func inputs() throws -> TensorFile {
        let golden = try golden()
        return golden.dropping(prefix: "in.").merging(golden.dropping(prefix: "param."))
    }

    private static let losses = ["task", "dec", "hete", "homo", "ct", "total"]

    /// The largest difference, relative to the largest expected number or to 1.
    private func distance(_ found: [Double]?, _ expected: [Double]?) -> Double {
        guard let found, let expected, found.count == expected.count else { return .infinity }
        let scale = max(1, expected.map(abs).max() ?? 0)
        return zip(found, expected).map { abs($0 - $1) / scale }.max() ?? 0
    }

    private func expectLosses(_ outputs: TensorFile, _ golden: TensorFile) {
        for loss in Self.losses {
            #expect(distance(outputs.values("loss.\(loss)"), golden.values("out.\(loss)_loss")) < 1e-5, "loss.\(loss)")
            #expect(outputs.shape("loss.\(loss)") == [])
        }
    }

    @Test func inferGivesTheGoldenLogits() throws {
        let golden = try Self.golden()
        let outputs = try run(Fixtures.sentimentPlan(), Self.inputs(), "--entry", "infer")
        #expect(outputs.shape("logits") == [8, 1] && outputs.elementType("logits") == "f32")
        #expect(distance(outputs.values("logits"), golden.values("out.output_logit")) < 1e-5)
        #expect(!outputs.names.contains { $0.hasPrefix("loss.") })
    }

    @Test func lossGivesTheGoldenLosses() throws {
        let golden = try Self.golden()
        let outputs = try run(Fixtures.sentimentPlan(), Self.inputs(), "--entry", "loss")
        expectLosses(outputs, golden)
        #expect(distance(outputs.values("logits"), golden.values("out.output_logit")) < 1e-5)
        #expect(distance(outputs.values("final_rep"), golden.values("out.final_rep")) < 1e-5)
    }

    @Test func gradGivesTheGoldenGradients() throws {
        let golden = try Self.golden()
        let outputs = try run(Fixtures.sentimentPlan(), Self.inputs(), "--entry", "grad")
        expectLosses(outputs, golden)
        let gradients = golden.dropping(prefix: "grad.")
        #expect(gradients.names.count > 20)
        for name in gradients.names {
            #expect(outputs.shape("grad.\(name)") == gradients.shape(name))
            #expect(distance(outputs.values("grad.\(name)"), gradients.values(name)) < 2e-5, "grad.\(name)")
        }
        #expect(distance(outputs.values("grad_norm"), golden.values("out.grad_norm")) < 1e-5)
    }

    /// Three steps of Adam with clipping and weight decay.
    @Test func trainGivesTheGoldenParameters() throws {
        let golden = try Self.golden()
        let outputs = try run(Fixtures.sentimentPlan(), Self.inputs(), "--entry", "train", "--steps", "3")
        #expect(distance(outputs.values("losses"), golden.values("out.losses3")) < 1e-4)
        let updated = golden.dropping(prefix: "adam3.")
        #expect(updated.names.count > 20)
        for name in updated.names {
            #expect(distance(outputs.values(name), updated.values(name)) < 2e-4, "\(name)")
        }
        #expect(outputs.values("grad_norm")?.count == 1)
    }

    /// One step gives the parameters, from which the next step goes on.
    @Test func trainedParametersAreInputsAgain() throws {
        let inputs = try Self.inputs()
        let first = try run(Fixtures.sentimentPlan(), inputs, "--entry", "train")
        #expect(distance(first.values("loss.total"), try Self.golden().values("out.total_loss")) < 1e-5)
        let second = try run(Fixtures.sentimentPlan(), inputs.merging(first), "--entry", "loss")
        let total = try #require(second.values("loss.total")?.first)
        #expect(try total < #require(first.values("loss.total")?.first))
    }

    @Test func learningRateZeroKeepsTheParameters() throws {
        let inputs = try Self.inputs()
        let outputs = try run(Fixtures.sentimentPlan(), inputs, "--entry", "train", "--learning-rate", "0")
        for name in try Self.golden().dropping(prefix: "param.").names {
            #expect(outputs.values(name) == inputs.values(name), "\(name)")
        }
    }

    @Test(arguments: ["1", "2", "3"]) func threadsDoNotChangeABit(_ threads: String) throws {
        let plan = try Fixtures.sentimentPlan()
        let expected = try run(plan, Self.inputs(), "--entry", "grad", "--threads", "4")
        #expect(try run(plan, Self.inputs(), "--entry", "grad", "--threads", threads) == expected)
    }

    @Test func missingParametersComeFromTheSeed() throws {
        let plan = try Fixtures.sentimentPlan()
        let data = try Self.golden().dropping(prefix: "in.")
        let first = try run(plan, data, "--entry", "grad", "--seed", "7")
        #expect(try run(plan, data, "--entry", "grad", "--seed", "7") == first)
        #expect(try run(plan, data, "--entry", "grad", "--seed", "8") != first)
        // Without a seed, the specification's.
        #expect(try run(plan, data, "--entry", "grad") == run(plan, data, "--entry", "grad", "--seed", "1"))
        // Only those that are missing.
        var partial = try Self.inputs()
        partial.remove("out_layer.bias")
        let given = try run(plan, partial, "--entry", "loss", "--seed", "7")
        #expect(given.values("loss.dec") == (try run(plan, Self.inputs(), "--entry", "loss")).values("loss.dec"))
    }

    @Test func dropoutComesFromTheSeed() throws {
        let plan = try Fixtures.emotionPlan()
        let golden = try TensorFile(safetensors: Fixtures.golden("iemocap_small.safetensors"))
        let inputs = golden.dropping(prefix: "in.").merging(golden.dropping(prefix: "param."))
        let first = try run(plan, inputs, "--entry", "grad", "--seed", "7")
        #expect(try run(plan, inputs, "--entry", "grad", "--seed", "7") == first)
        #expect(try run(plan, inputs, "--entry", "grad", "--seed", "8") != first)
        // Nothing is dropped where a loss is evaluated.
        #expect(try run(plan, inputs, "--entry", "loss", "--seed", "7") == run(plan, inputs, "--entry", "loss", "--seed", "8"))
    }

    @Test func labelsMayBeWholeNumbers() throws {
        let golden = try TensorFile(safetensors: Fixtures.golden("iemocap_small.safetensors"))
        var inputs = golden.dropping(prefix: "in.").merging(golden.dropping(prefix: "param."))
        let expected = try run(Fixtures.emotionPlan(), inputs, "--entry", "loss")
        try inputs.set("label", [12], integers: #require(inputs.values("label")).map { Int64($0) })
        try inputs.set("text", [12, 1, 24], doubles: #require(inputs.values("text")))
        #expect(try run(Fixtures.emotionPlan(), inputs, "--entry", "loss") == expected)
    }

    @Test func graphRuns() throws {
        var inputs = TensorFile()
        inputs.set("x", [4, 3], floats: (0..<12).map { Float($0) })
        inputs.set("w", [3], floats: [1, 10, 100])
        inputs.set("chosen", [2], integers: [3, 0])
        let outputs = try run(Fixtures.graphPlan(), inputs)
        #expect(outputs.names == ["rows", "y"])
        #expect(outputs.values("y") == [0, 10, 200, 3, 40, 500, 6, 70, 800, 9, 100, 1100])
        #expect(outputs.values("rows") == [9, 100, 1100, 0, 10, 200])
        inputs.remove("w")
        let first = try run(Fixtures.graphPlan(), inputs, "--seed", "3")
        #expect(try run(Fixtures.graphPlan(), inputs, "--seed", "3") == first)
        #expect(try run(Fixtures.graphPlan(), inputs, "--seed", "4") != first)
    }
}
