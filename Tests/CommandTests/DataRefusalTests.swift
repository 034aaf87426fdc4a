import Foundation
import Testing

/// `dgrun train` and `eval` on data that does not fit; nothing is written.
@Suite struct DataRefusalTests {
    private func expectRefused(
        _ data: String, plan: String? = nil, _ id: String, _ mentions: String...,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let folder = try TemporaryFolder()
        let plan = try plan ?? Fixtures.sentimentPlan()
        try run(.dgrun, "train", plan, "--data", data, "--out", folder.path("run"))
            .isRefused(id, mentions: mentions + [data], at: location)
        #expect(try folder.names == [], sourceLocation: location)
    }

    private func expectRefused(
        plan: String? = nil, _ id: String, _ mentions: String..., at location: SourceLocation = #_sourceLocation,
        edit: (inout TensorFile) -> Void
    ) throws {
        let folder = try TemporaryFolder()
        var data = try TensorFile(npz: plan == nil ? Fixtures.sentimentData() : Fixtures.emotionData())
        edit(&data)
        let file = try data.write(npz: folder.path("a.npz"))
        let plan = try plan ?? Fixtures.sentimentPlan()
        try run(.dgrun, "train", plan, "--data", file, "--out", folder.path("run"))
            .isRefused(id, mentions: mentions + ["a.npz"], at: location)
        #expect(try folder.names == ["a.npz"], sourceLocation: location)
    }

    @Test(arguments: [0, 1, 21, 22, 1000, -1, -22, -1000]) func cutArchiveIsRefused(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = try contents(Fixtures.sentimentData())
        let file = try folder.write(count < 0 ? bytes.dropLast(-count) : bytes.prefix(count), as: "a.npz")
        let outcome = try run(
            .dgrun, "train", Fixtures.sentimentPlan(), "--data", file, "--out", folder.path("run"))
        #expect(outcome.status == 2 && !outcome.isSignal && outcome.errorLines.count == 1, outcome.summary)
        #expect(outcome.errors.hasPrefix("error[npz.") && outcome.errors.contains(file), outcome.summary)
        #expect(try folder.names == ["a.npz"])
    }

    @Test func damagedArrayIsRefused() throws {
        let folder = try TemporaryFolder()
        var bytes = try contents(Fixtures.sentimentData())
        bytes[bytes.count / 2] ^= 1
        try expectRefused(folder.write(bytes, as: "a.npz"), "npz.checksum", "CRC-32")
    }

    @Test func filesOfAnotherKindAreRefused() throws {
        let folder = try TemporaryFolder()
        try expectRefused(folder.path("none.npz"), "file.unreadable", "No such file")
        try expectRefused(folder.root, "file.not-regular")
        try expectRefused(Fixtures.golden("mosi_small.safetensors"), "dataset.missing", "train_text", "in all")
        try expectRefused(folder.write("words", as: "a.npz"), "npz.truncated", "no zip archive")
        try expectRefused(folder.write("words", as: "a.pkl"), "pickle.protocol", "protocol 2 to 5")
        try expectRefused(folder.write("words", as: "a"), "dataset.format", ".npz", ".pkl", ".safetensors")
    }

    @Test func missingArrayIsNamed() throws {
        try expectRefused("dataset.missing", "valid_vision") { $0.remove("valid_vision") }
        try expectRefused("dataset.missing", "test_labels") { $0.remove("test_labels") }
    }

    @Test func wrongElementTypeIsNamed() throws {
        try expectRefused("dataset.element-type", "train_text", "f32 or f64", "i64") {
            $0.set("train_text", [24, 6, 24], integers: [Int64](repeating: 0, count: 3456))
        }
        try expectRefused("dataset.element-type", "train_labels", "bool") {
            $0.set("train_labels", [24], truths: [Bool](repeating: true, count: 24))
        }
    }

    @Test func wrongShapeIsNamed() throws {
        try expectRefused("dataset.rank", "train_audio", "[samples, time, features]", "[24, 6, 5, 1]") {
            $0.set("train_audio", [24, 6, 5, 1], floats: [Float](repeating: 0, count: 720))
        }
        try expectRefused("dataset.sample-count", "train_labels", "24", "23") {
            $0.set("train_labels", [23], floats: [Float](repeating: 0, count: 23))
        }
        try expectRefused("dataset.time-steps", "valid_vision", "6, as in train_vision", "5") {
            $0.set("valid_vision", [8, 5, 7], floats: [Float](repeating: 0, count: 280))
        }
        try expectRefused("dataset.empty", "test_text") { data in
            for (name, width) in [("text", 24), ("audio", 5), ("vision", 7)] { data.set("test_\(name)", [0, 6, width], floats: []) }
            data.set("test_labels", [0], floats: [])
            data.remove("test_ids")
        }
    }

    @Test(arguments: ["train", "valid", "test"], [Float.nan, .infinity])
    func labelsMustBeFinite(_ part: String, _ label: Float) throws {
        try expectRefused("dataset.label", "\(part)_labels", "label 2", "finite", "\(label)") { data in
            var labels = (data.values("\(part)_labels") ?? []).map { Float($0) }
            labels[2] = label
            data.set("\(part)_labels", [labels.count], floats: labels)
        }
    }

    @Test func textMustBeFinite() throws {
        try expectRefused("dataset.text-value", "valid_text", "sample 3", "nan") { data in
            var values = (data.values("valid_text") ?? []).map { Float($0) }
            values[3 * 144 + 5] = .nan
            data.set("valid_text", [8, 6, 24], floats: values)
        }
    }

    @Test(arguments: [6, -1, 0.5, 1e30]) func labelsMustBeClasses(_ label: Float) throws {
        try expectRefused(plan: Fixtures.emotionPlan(), "dataset.class", "valid_labels", "label 4", "0..<6", "\(label)") {
            $0.set("valid_labels", [6], floats: [0, 1, 2, 3, label, 5])
        }
    }

    @Test func sizesMustBeThePlans() throws {
        let folder = try TemporaryFolder()
        try expectRefused(Fixtures.emotionData(), "dataset.shape", "text", "[N, 6, 24]", "[30, 1, 24]")
        let evaluation = try run(
            .dgrun, "eval", Fixtures.sentimentPlan(), "--data", Fixtures.emotionData(), "--weights",
            Fixtures.golden("mosi_small.safetensors"))
        evaluation.isRefused("dataset.shape", "emotion.npz", "text")
        // No entry for the last batches: which size is missing, and what to do.
        let data = try SampleData.sentiment(train: 21, to: folder.path("remainder.npz"))
        try expectRefused(data, "plan.batch", "sentiment.plan", "train for 5 samples", "compile with --data", "expected 8")
        let odd = try SampleData.sentiment(test: 3, to: folder.path("odd.npz"))
        try expectRefused(odd, "plan.batch", "loss for 3 samples")
        try run(
            .dgrun, "eval", Fixtures.sentimentPlan(), "--data", odd, "--weights", Fixtures.golden("mosi_small.safetensors")
        ).isRefused("plan.batch", "loss for 3 samples")
    }

    @Test func plainGraphsAreNeitherTrainedNorEvaluated() throws {
        let folder = try TemporaryFolder()
        let plan = try Fixtures.graphPlan()
        try run(.dgrun, "train", plan, "--data", Fixtures.sentimentData(), "--out", folder.path("run"))
            .isRefused("plan.kind", "graph.plan", "cannot be trained", "specification")
        try run(.dgrun, "eval", plan, "--data", Fixtures.sentimentData(), "--weights", Fixtures.golden("mosi_small.safetensors"))
            .isRefused("plan.kind", "graph.plan", "cannot be evaluated", "specification")
        #expect(try folder.names == [])
    }
}
