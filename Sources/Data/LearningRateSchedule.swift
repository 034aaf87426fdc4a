/// Lowers the learning rate when a metric stops improving.
///
/// After more than `patience` epochs in a row without improvement the rate is multiplied by `factor`, and counting
/// starts again. An improvement must exceed a relative threshold of 1e-4. These are the semantics, with all other
/// settings at their defaults, of PyTorch's `ReduceLROnPlateau`.
public struct LearningRateSchedule: Sendable, Hashable, Codable {
    private static let threshold = 1e-4
    /// Smaller changes of the rate are not made.
    private static let smallestChange = 1e-8

    public let mode: SelectionMode
    public let factor: Double
    public let patience: Int
    public private(set) var learningRate: Double
    /// The best value so far; nil before the first one that is a number.
    public private(set) var best: Double?
    /// Epochs since the last improvement or reduction.
    public private(set) var epochsWithoutImprovement = 0

    public init(learningRate: Double, factor: Double, patience: Int, mode: SelectionMode) {
        self.learningRate = learningRate
        self.factor = factor
        self.patience = patience
        self.mode = mode
    }

    /// Takes an epoch's value and returns whether the rate was lowered.
    @discardableResult
    public mutating func update(_ value: Double) -> Bool {
        if mode.isBetter(value, than: bar) {
            best = value
            epochsWithoutImprovement = 0
        } else {
            epochsWithoutImprovement += 1
        }
        guard epochsWithoutImprovement > patience else { return false }
        epochsWithoutImprovement = 0
        let lowered = max(learningRate * factor, 0)
        guard learningRate - lowered > LearningRateSchedule.smallestChange else { return false }
        learningRate = lowered
        return true
    }

    /// Whether this can be what another schedule became after some epochs; what comes from a file need not be.
    public func continues(_ start: LearningRateSchedule, epochs: Int) -> Bool {
        mode == start.mode && factor == start.factor && patience == start.patience
            && learningRate.isFinite && learningRate <= start.learningRate
            && (0...max(0, epochs)).contains(epochsWithoutImprovement)
    }

    /// What a value has to pass.
    private var bar: Double {
        guard let best else { return mode.worst }
        switch mode {
        case .min: return best * (1 - LearningRateSchedule.threshold)
        case .max: return best * (1 + LearningRateSchedule.threshold)
        }
    }
}
