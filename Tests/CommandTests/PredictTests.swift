import Foundation
import Testing

/// `dgrun predict`.
@Suite struct PredictTests {
    private static func sentiment(_ data: String, _ options: String...) throws -> Outcome {
        let weights = Fixtures.golden("mosi_small.safetensors")
        return try run(.dgrun, ["predict", Fixtures.sentimentPlan(), "--weights", weights, "--data", data] + options)
    }

    private static func rows(_ text: String) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    /// Some samples of the test part, in a file of their own.
    private static func samples(
        _ chosen: Range<Int>, of data: TensorFile, labels: Bool = false, single: Bool = false
    ) throws -> TensorFile {
        var file = TensorFile()
        for name in ["text", "audio", "vision"] {
            let shape = try #require(data.shape("test_\(name)"))
            let size = shape.dropFirst().reduce(1, *)
            let values = try #require(data.values("test_\(name)"))[(chosen.lowerBound * size)..<(chosen.upperBound * size)]
            file.set(name, (single ? [] : [chosen.count]) + shape.dropFirst(), floats: values.map { Float($0) })
        }
        if labels {
            file.set("labels", [chosen.count], floats: try #require(data.values("test_labels"))[chosen].map { Float($0) })
        }
        return file
    }

    @Test func tableHasIdsPredictionsAndLabels() throws {
        let folder = try TemporaryFolder()
        let data = try Fixtures.sentimentData()
        let table = Self.rows(try Self.sentiment(data).succeeded().output)
        #expect(table[0] == ["id", "prediction", "label"] && table.count == 17 && table.allSatisfy { $0.count == 3 })
        let labels = try #require(TensorFile(npz: data).values("test_labels"))
        #expect(table.dropFirst().map { Double($0[2]).map(Float.init) } == labels.map { Float($0) })
        let output = folder.path("p.npz")
        try Self.sentiment(data, "-o", output).succeeded()
        let arrays = try TensorFile(npz: output)
        #expect(arrays.names == ["ids", "labels", "logits", "predictions"] && arrays.shape("logits") == [16, 1])
        #expect(arrays.values("predictions")?.map { Float($0) } == table.dropFirst().compactMap { Float($0[1]) })
        try Self.sentiment(data, "-o", folder.path("p.csv"), "--split", "train").succeeded()
        #expect(try Self.rows(String(contentsOfFile: folder.path("p.csv"), encoding: .utf8)).count == 25)
    }

    /// The plan has only the batch of 8: what fills a batch up must not be seen.
    @Test func predictionsDoNotDependOnTheSamplesBeside() throws {
        let folder = try TemporaryFolder()
        let data = try TensorFile(npz: Fixtures.sentimentData())
        let all = Self.rows(try Self.sentiment(Fixtures.sentimentData()).succeeded().output).dropFirst().map { $0[1] }
        for chosen in [0..<1, 3..<4, 0..<5, 8..<16, 0..<11] {
            let file = try Self.samples(chosen, of: data).write(npz: folder.path("\(chosen.count).npz"))
            let table = Self.rows(try Self.sentiment(file).succeeded().output)
            #expect(table[0] == ["id", "prediction"])
            let found = table.dropFirst().map { Double($0[1]) ?? .nan }
            for (position, sample) in chosen.enumerated() {
                #expect(abs(found[position] - (Double(all[sample]) ?? .nan)) <= 1e-6, "sample \(sample) of \(chosen)")
            }
        }
        // The same sample at the same place: the same bits, whatever stands beside it.
        let alone = try Self.samples(0..<1, of: data, single: true).write(safetensors: folder.path("one.safetensors"))
        #expect(Self.rows(try Self.sentiment(alone).succeeded().output)[1][1] == all[0])
    }

    @Test func classesAreTheLargestLogits() throws {
        let folder = try TemporaryFolder()
        try run(.dgrun, TrainingRun.emotionArguments(folder.path("run")) + ["--epochs", "2"]).succeeded()
        let arguments = try [
            "predict", Fixtures.emotionPlan(), "--data", Fixtures.emotionData(), "--weights", folder.path("run/best.safetensors"),
        ]
        let table = Self.rows(try run(.dgrun, arguments).succeeded().output)
        #expect(table[0] == ["id", "prediction"] + (0..<6).map { "logit_\($0)" } + ["label"] && table.count == 19)
        var correct = 0
        for row in table.dropFirst() {
            let logits = row[2..<8].map { Double($0) ?? .nan }
            #expect(logits.firstIndex(of: logits.max() ?? 0).map { "\($0)" } == row[1].description)
            if row[1] == row[8] { correct += 1 }
        }
        let evaluation = try JSONText(run(.dgrun, ["eval"] + arguments.dropFirst() + ["--json"]).succeeded().output)
        #expect(try evaluation.table("metrics")["WAcc"] == (Double(correct) / 18 * 10_000).rounded(.toNearestOrEven) / 10_000)
    }

    @Test func latencyIsMeasured() throws {
        let folder = try TemporaryFolder()
        let output = try Self.sentiment(Fixtures.sentimentData(), "--latency", "-o", folder.path("p.csv")).succeeded().output
        #expect(output.hasPrefix("latency of 100 batches: median ") && output.contains("95th percentile"))
    }

    /// What is not finite is told of, whatever file it stands in.
    @Test func repairsAreNoted() throws {
        let folder = try TemporaryFolder()
        var data = try TensorFile(npz: Fixtures.sentimentData())
        for (name, count) in [("test", 16), ("valid", 8)] {
            var values = try #require(data.values("\(name)_audio")).map { Float($0) }
            (values[3], values[7]) = (.nan, .infinity)
            data.set("\(name)_audio", [count, 6, 5], floats: values)
        }
        let whole = try Self.sentiment(data.write(npz: folder.path("a.npz")))
        #expect(whole.status == 0 && whole.errors == "note: test_audio: 2 values that were not finite became 0\n", whole.summary)
        let samples = try Self.samples(0..<2, of: data)
        let few = try Self.sentiment(samples.write(npz: folder.path("b.npz")))
        #expect(few.status == 0 && few.errors == "note: audio: 2 values that were not finite became 0\n", few.summary)
        #expect(few.output.split(separator: "\n").count == 3)
    }

    @Test func mistakesAreRefused() throws {
        let folder = try TemporaryFolder()
        let data = try Fixtures.sentimentData()
        try Self.sentiment(data, "-o", folder.path("p.txt")).isRefused("predict.output", "p.txt", ".csv")
        try Self.sentiment(data, "-o", folder.path("none/p.csv")).isRefused("file.unwritable", "none/p.csv")
        let all = try TensorFile(npz: data)
        var samples = try Self.samples(0..<3, of: all, labels: true)
        samples.remove("audio")
        try Self.sentiment(samples.write(npz: folder.path("a.npz"))).isRefused("dataset.missing", "audio")
        samples = try Self.samples(0..<3, of: all, labels: true)
        samples.set("labels", [2], floats: [1, 2])
        try Self.sentiment(samples.write(npz: folder.path("b.npz"))).isRefused("dataset.sample-count", "labels", "expected 3")
        samples = try Self.samples(0..<3, of: all)
        samples.set("text", [3, 24], floats: [Float](repeating: 0, count: 72))
        try Self.sentiment(samples.write(npz: folder.path("c.npz"))).isRefused("dataset.sample-count", "audio")
        samples = try Self.samples(0..<1, of: all)
        samples.set("text", [1, 6, 24], floats: [Float](repeating: .nan, count: 144))
        try Self.sentiment(samples.write(npz: folder.path("d.npz"))).isRefused("dataset.text-value", "text")
        try run(.dgrun, "predict", Fixtures.graphPlan(), "--data", data, "--weights", "w").isRefused("plan.kind", "predicts")
    }

    /// Samples are standardised by the numbers of the training data.
    @Test func samplesAreStandardised() throws {
        let folder = try TemporaryFolder()
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        try copy.edit(["training", "standardizedModalities"], to: "[\"audio\", \"vision\"]")
        let data = try Fixtures.sentimentData()
        let base = ["predict", copy.path, "--weights", Fixtures.golden("mosi_small.safetensors"), "--data"]
        let all = Self.rows(try run(.dgrun, base + [data]).succeeded().output)
        let plain = Self.rows(try Self.sentiment(data).succeeded().output)
        let samples = try Self.samples(0..<8, of: TensorFile(npz: data), labels: true).write(npz: folder.path("s.npz"))
        try run(.dgrun, base + [samples]).isRefused("predict.standardization", samples, "--train-data")
        let found = Self.rows(try run(.dgrun, base + [samples, "--train-data", data]).succeeded().output)
        #expect(found.dropFirst().map { $0[1] } == all[1...8].map { $0[1] })
        #expect(found[1][1] != plain[1][1])
    }
}
