import Data
import Foundation

/// The epochs' numbers as comma-separated values: a head, then a row for each epoch.
enum MetricsTable {
    static func head(_ metricNames: [String]) -> String {
        let components = LossRecord.componentNames.map { "train_" + $0.dropFirst("loss.".count) }
        let names = ["epoch", "train_loss"] + components + ["valid_loss"] + metricNames.map { "valid_\($0)" }
        return (names + ["learning_rate", "best", "seconds"]).joined(separator: ",")
    }

    static func row(_ epoch: Trainer.Epoch) -> String {
        let numbers = [epoch.trainLoss] + epoch.components.map(\.value) + [epoch.valid.loss]
            + epoch.valid.metrics.entries.map(\.value) + [epoch.learningRate]
        return (["\(epoch.number)"] + numbers.map(number) + [epoch.isBest ? "1" : "0", String(format: "%.3f", epoch.seconds)])
            .joined(separator: ",")
    }

    /// Empty where the number is not finite, as spreadsheets want it.
    static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }
}
