import Data
import Foundation

/// Results as single lines of JSON with keys in reading order.
public enum JSONLine {
    public static func epoch(_ epoch: Trainer.Epoch, logSteps: Bool) -> String {
        var members = [
            ("epoch", "\(epoch.number)"), ("train_loss", number(epoch.trainLoss)),
            ("train_components", object(epoch.components.map { ($0.name, number($0.value)) })),
        ]
        if logSteps { members.append(("train_losses", array(epoch.stepLosses.map(number)))) }
        members += [
            ("valid_loss", number(epoch.valid.loss)), ("valid", epoch.valid.metrics.json),
            ("learning_rate", number(epoch.learningRate)), ("next_learning_rate", number(epoch.nextLearningRate)),
            ("best", epoch.isBest ? "true" : "false"), ("seconds", number(epoch.seconds)),
        ]
        return object(members)
    }

    public static func evaluation(_ evaluation: Evaluation, split: String) -> String {
        object([
            ("split", string(split)), ("loss", number(evaluation.loss)), ("metrics", evaluation.metrics.json),
            ("samples", "\(evaluation.sampleCount)"),
        ])
    }

    /// JSON has no NaN and no infinity; they become null.
    public static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

    public static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<" ": result += "\\u" + String(format: "%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    public static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(string($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
    }

    public static func array(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }
}
