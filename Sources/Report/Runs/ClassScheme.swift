import Data
import Foundation

/// The classes by which a report counts predictions: those that papers report for a kind of data set.
package enum ClassScheme: Sendable, Hashable {
    /// Sentiment from −3 to 3, rounded to whole steps, ties to even: the classes of Acc_7.
    case sevenSteps
    /// Sentiment from −1 to 1, cut at ∓0.7 and ∓0.1, closed above: the classes of Mult_acc_5.
    case fiveIntervals
    /// Numbered classes, each with a logit.
    case numbered(count: Int)

    /// - Parameter logitCount: how many logits a sample has.
    package init(_ family: MetricFamily, logitCount: Int) {
        switch family {
        case .mosi: self = .sevenSteps
        case .sims: self = .fiveIntervals
        case .iemocap: self = .numbered(count: logitCount)
        }
    }

    package var names: [String] {
        switch self {
        case .sevenSteps: ["−3", "−2", "−1", "0", "1", "2", "3"]
        case .fiveIntervals: SentimentIntervals.names
        case .numbered(let count): (0..<count).map { "\($0)" }
        }
    }

    /// What the classes are, for a sentence.
    package var title: String {
        switch self {
        case .sevenSteps: "seven sentiment classes (labels and predictions rounded to whole numbers from −3 to 3)"
        case .fiveIntervals: "five sentiment classes (intervals closed above, named by their upper end)"
        case .numbered(let count): "\(count) classes, by their numbers in the data"
        }
    }

    /// The class of a label; nil for what is none, such as NaN.
    package func index(label: Float) -> Int? {
        switch self {
        case .sevenSteps:
            return label.isNaN ? nil : Int(min(max(label, -3), 3).rounded(.toNearestOrEven)) + 3
        case .fiveIntervals: return label.isNaN ? nil : SentimentIntervals.index(label)
        case .numbered(let count):
            guard let index = Int(exactly: label), (0..<count).contains(index) else { return nil }
            return index
        }
    }

    /// The class that a row of logits says: that of the number, or the first of the largest.
    package func index(logits: ArraySlice<Float>) -> Int? {
        guard case .numbered = self else { return logits.first.flatMap(index(label:)) }
        guard let best = logits.firstIndex(of: logits.max() ?? .nan) else { return nil }
        return best - logits.startIndex
    }
}
