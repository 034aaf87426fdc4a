import Data
import Foundation
import Graph

/// What a finished run found on the test part: the file `result.json`.
public struct RunResult: Sendable {
    public var metrics: [(name: String, value: Double)]
    public var loss: Double
    /// Of all epochs, as the metrics record them, and of the test.
    public var seconds: Double
    public var epochs: Int
    public var bestEpoch: Int
    public var testedEpoch: Int

    public init(_ result: Trainer.Result) {
        metrics = result.test.metrics.entries.map { ($0.name, $0.value) }
        loss = result.test.loss
        seconds = result.seconds
        epochs = result.epochs
        bestEpoch = result.bestEpoch
        testedEpoch = result.testedEpoch
    }

    /// The loss, then the metrics.
    public var rows: [(name: String, value: Double)] { [("loss", loss)] + metrics }

    /// One line.
    public var json: String {
        JSONLine.object([
            ("test", JSONLine.object(metrics.map { ($0.name, JSONLine.number($0.value)) })), ("test_loss", JSONLine.number(loss)),
            ("seconds", JSONLine.number(seconds)), ("epochs", "\(epochs)"), ("best_epoch", "\(bestEpoch)"),
            ("tested_epoch", "\(testedEpoch)"),
        ])
    }

    private struct Members: Decodable {
        var test: [String: Double?]
        var test_loss: Double?
        var seconds: Double
        var epochs: Int
        var best_epoch: Int
        var tested_epoch: Int
    }

    /// - Parameter metricNames: in the order in which they are reported.
    /// - Throws: `train.result`, or `file.unreadable`.
    public init(file: String, metricNames: [String]) throws(Diagnostic) {
        let text = try TextFile.read(path: file)
        guard let members = try? JSONDecoder().decode(Members.self, from: Foundation.Data(text.utf8)),
            Set(members.test.keys) == Set(metricNames)
        else {
            throw Diagnostic("train.result", file, "the file is not the result of this run", expected: "what dgrun train wrote")
        }
        metrics = metricNames.map { ($0, (members.test[$0] ?? nil) ?? .nan) }
        loss = members.test_loss ?? .nan
        seconds = members.seconds
        epochs = members.epochs
        bestEpoch = members.best_epoch
        testedEpoch = members.tested_epoch
    }
}
