/// Whether smaller or larger values of a metric are better.
public enum SelectionMode: String, Sendable, Hashable, Codable {
    case min
    case max

    /// By the metric's name: accuracies, F1 scores and correlations are to be large, everything else small.
    public init(metricName: String) {
        let name = metricName.lowercased()
        self = ["acc", "f1", "corr"].contains { name.contains($0) } ? .max : .min
    }

    /// Whether a value improves on another; NaN never does.
    public func isBetter(_ value: Double, than other: Double) -> Bool {
        switch self {
        case .min: value < other
        case .max: value > other
        }
    }

    /// The value that every other one improves on.
    var worst: Double {
        switch self {
        case .min: .infinity
        case .max: -.infinity
        }
    }
}
