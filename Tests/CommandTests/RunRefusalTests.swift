import Foundation
import Testing

/// `dgrun run` on tensors and choices that do not fit.
@Suite struct RunRefusalTests {
    private func golden(_ name: String = "mosi_small") throws -> TensorFile {
        let golden = try TensorFile(safetensors: Fixtures.golden("\(name).safetensors"))
        return golden.dropping(prefix: "in.").merging(golden.dropping(prefix: "param."))
    }

    private func run(_ plan: String, _ tensors: TensorFile, _ options: [String]) throws -> Outcome {
        let folder = try TemporaryFolder()
        let input = try tensors.write(safetensors: folder.path("a.safetensors"))
        let outcome = try CommandTests.run(.dgrun, ["run", plan, "--in", input, "--out", folder.path("b.safetensors")] + options)
        #expect(try folder.names == ["a.safetensors"])
        return outcome
    }

    @Test(arguments: ["text", "audio", "vision", "label"]) func missingTensorIsNamed(_ name: String) throws {
        var tensors = try golden()
        tensors.remove(name)
        try run(Fixtures.sentimentPlan(), tensors, ["--entry", "loss"])
            .isRefused("run.missing-input", "a.safetensors", "no tensor \(name)")
    }

    /// Without labels there are logits all the same.
    @Test func inferNeedsNoLabel() throws {
        let folder = try TemporaryFolder()
        var tensors = try golden()
        tensors.remove("label")
        let input = try tensors.write(safetensors: folder.path("a.safetensors"))
        try CommandTests.run(
            .dgrun, "run", Fixtures.sentimentPlan(), "--entry", "infer", "--in", input, "--out", folder.path("b.safetensors")
        ).succeeded()
    }

    @Test func wrongShapeIsNamed() throws {
        var tensors = try golden()
        tensors.set("audio", [8, 5, 6], floats: [Float](repeating: 0, count: 240))
        try run(Fixtures.sentimentPlan(), tensors, ["--entry", "loss"])
            .isRefused("run.shape", "a.safetensors: audio", "[8,6,5]", "[8, 5, 6]")
        tensors = try golden()
        tensors.set("text", [], floats: [1])
        try run(Fixtures.sentimentPlan(), tensors, ["--entry", "loss"])
            .isRefused("run.shape", "a.safetensors: text", "[batch, time, width]")
        tensors = try golden()
        tensors.set("out_layer.bias", [2], floats: [1, 2])
        try run(Fixtures.sentimentPlan(), tensors, ["--entry", "infer"])
            .isRefused("run.shape", "a.safetensors: out_layer.bias", "[1]", "[2]")
    }

    @Test func wrongElementTypeIsNamed() throws {
        var tensors = try golden()
        tensors.set("vision", [8, 6, 7], integers: [Int64](repeating: 1, count: 336))
        try run(Fixtures.sentimentPlan(), tensors, ["--entry", "loss"])
            .isRefused("run.type", "a.safetensors: vision", "f32 or f64", "i64")
        tensors = try golden()
        tensors.set("label", [8], truths: [Bool](repeating: true, count: 8))
        try run(Fixtures.sentimentPlan(), tensors, ["--entry", "loss"]).isRefused("run.type", "a.safetensors: label", "bool")
        var inputs = TensorFile()
        inputs.set("x", [4, 3], floats: [Float](repeating: 1, count: 12))
        inputs.set("chosen", [2], floats: [0, 1])
        try run(Fixtures.graphPlan(), inputs, []).isRefused("run.type", "a.safetensors: chosen", "i32 or i64", "f32")
        inputs.set("chosen", [2], integers: [0, 1 << 40])
        try run(Fixtures.graphPlan(), inputs, []).isRefused("run.type", "a.safetensors: chosen", "32 bits")
    }

    @Test func labelsThatMeanNothingAreRefused() throws {
        var tensors = try golden()
        tensors.set("label", [8], floats: [0, 1, 2, .nan, 0, 0, 0, 0])
        try run(Fixtures.sentimentPlan(), tensors, ["--entry", "grad"])
            .isRefused("run.label", "a.safetensors: label", "label 3", "finite", "nan")
        for label in [6, -1, 0.5, .nan, .infinity] as [Float] {
            var tensors = try golden("iemocap_small")
            tensors.set("label", [12], floats: [Float](repeating: 1, count: 11) + [label])
            try run(Fixtures.emotionPlan(), tensors, ["--entry", "train"])
                .isRefused("dataset.class", "a.safetensors: label", "label 11", "0..<6", "\(label)")
        }
    }

    @Test func batchWithoutEntryIsNamed() throws {
        let tensors = try golden("iemocap_small")
        try run(Fixtures.sentimentPlan(), tensors, ["--entry", "infer"])
            .isRefused("plan.batch", "sentiment.plan", "a.safetensors", "--batch 12", "expected 8", "found 12")
        var empty = try golden()
        empty.set("text", [0, 6, 24], floats: [])
        try run(Fixtures.sentimentPlan(), empty, ["--entry", "infer"]).isRefused("plan.batch", "expected 8", "found 0")
    }

    @Test func entryMustFitThePlan() throws {
        try run(Fixtures.sentimentPlan(), golden(), []).isRefused("arguments.entry", "--entry infer|loss|grad|train")
        try run(Fixtures.graphPlan(), golden(), ["--entry", "infer"])
            .isRefused("arguments.entry", "graph.plan", "plain graph", "--entry infer")
        try run(Fixtures.graphPlan(), golden(), []).isRefused("run.missing-input", "a.safetensors", "x", "f32[4,3]")
    }

    @Test func missingBLASIsNamed() throws {
        let folder = try TemporaryFolder()
        try CommandTests.run(.dgrun, "bench", Fixtures.graphPlan(), environment: ["DG_BLAS": folder.path("none.so")])
            .isRefused("blas.missing", folder.path("none.so"), "DG_BLAS")
    }
}
