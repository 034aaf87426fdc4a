import Foundation
import Testing

/// The two protocols for iemocap, and weights of classes.
@Suite struct ProtocolTests {
    /// A plan of `iemocap_small`, and what its manifest says.
    private static func compile(
        _ folder: TemporaryFolder, _ name: String, _ settings: [String]
    ) throws -> (plan: String, manifest: JSONText) {
        let plan = folder.path("\(name).plan")
        let arguments = try ["compile", Fixtures.golden("iemocap_small.json"), "--data", Fixtures.emotionData(), "-o", plan]
        try run(.dgc, arguments + settings.flatMap { ["--set", $0] }, environment: Fixtures.quickCompiler()).succeeded()
        return (plan, try JSONText(String(contentsOfFile: "\(plan)/manifest.json", encoding: .utf8)))
    }

    /// The batches that entries of a kind take.
    private static func batches(_ kind: String, _ manifest: JSONText) throws -> [Int] {
        let entries = try #require(manifest.members["entries"] as? [[String: Any]])
        return entries.filter { $0["kind"] as? String == kind }.compactMap { $0["batch"] as? Int }
    }

    /// N/(n of the class · number of classes), of the samples that are trained on.
    private static func balancedWeights(_ parts: [String]) throws -> [Double] {
        let data = try TensorFile(npz: Fixtures.emotionData())
        let labels = try parts.flatMap { try #require(data.values("\($0)_labels")) }
        return (0..<6).map { label in
            Double(labels.count) / Double(max(1, labels.filter { $0 == Double(label) }.count) * 6)
        }
    }

    private static func train(_ plan: String, _ folder: TemporaryFolder) throws -> (epochs: [JSONText], result: JSONText) {
        let path = folder.path("run-\(UUID().uuidString)")
        let arguments = try ["train", plan, "--data", Fixtures.emotionData(), "--out", path, "--epochs", "2", "--log-steps"]
        let result = try JSONText(run(.dgrun, arguments + ["--json"]).succeeded().output)
        return (try JSONText.lines("\(path)/metrics.jsonl"), result)
    }

    /// Train and valid together for training, test for both evaluations.
    @Test func paperCountTrainsOnValidAndEvaluatesOnTest() throws {
        let folder = try TemporaryFolder()
        let (plan, manifest) = try Self.compile(
            folder, "paper", ["dataset_name=iemocap", "iemocap_protocol=paper_count", "class_weight=balanced"])
        // 30 and 6 samples are three batches of 12.
        #expect(try Self.batches("train", manifest) == [12] && Self.batches("loss", manifest) == [12, 6])
        let weights = try manifest.numbers("classWeights")
        let expected = try Self.balancedWeights(["train", "valid"])
        #expect(weights.count == 6 && zip(weights, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        let (epochs, result) = try Self.train(plan, folder)
        #expect(try epochs.allSatisfy { try $0.numbers("train_losses").count == 3 })
        let tested = try epochs[Int(result.number("tested_epoch")) - 1]
        #expect(try tested.table("valid") == result.table("test") && tested.number("valid_loss") == result.number("test_loss"))
    }

    @Test func sessionValidKeepsTheParts() throws {
        let folder = try TemporaryFolder()
        let (plan, manifest) = try Self.compile(
            folder, "session", ["dataset_name=iemocap", "iemocap_protocol=session_valid", "class_weight=balanced"])
        #expect(try Self.batches("train", manifest) == [12, 6] && Self.batches("loss", manifest) == [12, 6])
        let weights = try manifest.numbers("classWeights")
        #expect(try zip(weights, Self.balancedWeights(["train"])).allSatisfy { abs($0 - $1) < 1e-6 } && weights.count == 6)
        let (epochs, result) = try Self.train(plan, folder)
        let tested = try epochs[Int(result.number("tested_epoch")) - 1]
        #expect(try tested.number("valid_loss") != result.number("test_loss"))
        let plain = try Self.compile(folder, "plain", ["dataset_name=iemocap", "class_weight=none"])
        #expect(plain.manifest.members["classWeights"] == nil)
    }
}
