import Graph

/// The metrics that papers report for a data set.
public enum MetricFamily: String, Sendable, Hashable, CaseIterable, Codable {
    /// CMU-MOSI and CMU-MOSEI: sentiment from −3 to 3.
    case mosi
    /// CH-SIMS: sentiment from −1 to 1.
    case sims
    /// IEMOCAP: one of six emotions.
    case iemocap

    /// By the data set's name, in any case; MOSEI's metrics are MOSI's.
    public init?(datasetName: String) {
        switch datasetName.lowercased() {
        case "mosi", "mosei": self = .mosi
        case "sims": self = .sims
        case "iemocap": self = .iemocap
        default: return nil
        }
    }

    /// The metrics' names, in the order of the table.
    public var metricNames: [String] {
        switch self {
        case .mosi: ["Acc_2", "F1_score", "MAE", "Corr", "Acc_7"]
        case .sims: ["Mult_acc_2", "Mult_acc_3", "Mult_acc_5", "F1_score", "MAE", "Corr"]
        case .iemocap: ["WAcc", "WAF1", "Acc", "F1_score"]
        }
    }

    /// Compares predictions with labels.
    ///
    /// Sentiment has one prediction for each label. Emotions have the logits of all classes for each label, row after
    /// row; the largest one is the prediction, and the label is a class's number.
    public func evaluate(predictions: [Float], labels: [Float]) throws(Diagnostic) -> MetricTable {
        guard !labels.isEmpty else {
            throw Diagnostic(
                "metrics.empty", "labels", "there is nothing to evaluate", expected: "at least one label", found: "0")
        }
        switch self {
        case .mosi, .sims:
            guard predictions.count == labels.count else {
                throw Diagnostic(
                    "metrics.sizes", "predictions", "every label needs one prediction",
                    expected: "\(labels.count)", found: "\(predictions.count)")
            }
            let sentiment = SentimentMetrics(predictions: predictions, labels: labels)
            return self == .mosi ? sentiment.mosi : sentiment.sims
        case .iemocap:
            return try EmotionMetrics(logits: predictions, labels: labels).table
        }
    }
}
