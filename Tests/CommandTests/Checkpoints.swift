import Foundation
import Testing

/// The states that a training has after each epoch if nothing happens to it.
///
/// A training that comes to the right end may have begun again from nothing: what was reached is seen only in the folder itself.
struct Checkpoints {
    private let states: [Foundation.Data]

    /// Trains for one epoch, for two, and so on.
    init(epochs: Int, options: [String], in folder: TemporaryFolder) throws {
        states = try (1...epochs).map { count in
            let training = TrainingRun(path: folder.path("epochs-\(count)"))
            try run(.dgrun, TrainingRun.emotionArguments(training.path) + ["--epochs", "\(count)"] + options).succeeded()
            return try contents(training.file("state.safetensors"))
        }
        try #require(Set(states).count == epochs)
    }

    /// Expects that the folder has the state of one of the epochs, whole, and that no epoch which has been reported but the last is lost.
    ///
    /// An epoch is reported first, and then its state replaces the earlier one.
    /// - Parameter earlier: how many epochs the folder had before.
    /// - Returns: how many epochs are kept.
    @discardableResult
    func areKept(
        in training: TrainingRun, earlier: Int = 0, _ comment: Comment, at location: SourceLocation = #_sourceLocation
    ) throws -> Int {
        let reported = training.reportedEpochs
        guard training.has("state.safetensors") else {
            #expect(reported <= 1 && earlier == 0, "no state after \(reported) epochs: \(comment)", sourceLocation: location)
            return 0
        }
        let state = try contents(training.file("state.safetensors"))
        let kept = try #require(states.firstIndex(of: state), "the state is that of no epoch: \(comment)", sourceLocation: location) + 1
        #expect(kept >= max(reported - 1, earlier), "\(kept) of \(reported) epochs: \(comment)", sourceLocation: location)
        #expect(training.has("run.json"), comment, sourceLocation: location)
        return kept
    }
}

extension TrainingRun {
    /// How many epochs the metrics have; the last line may be cut short.
    var reportedEpochs: Int {
        let text = (try? String(contentsOfFile: file("metrics.jsonl"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count { $0.contains("\"train_loss\"") && $0.hasSuffix("}") }
    }
}
