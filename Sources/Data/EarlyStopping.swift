/// Remembers the best epoch, and says when to stop waiting for a better one.
public struct EarlyStopping: Sendable, Hashable, Codable {
    public let mode: SelectionMode
    public let patience: Int
    /// The first of the epochs with the best value; nil before the first value that is a number.
    public private(set) var bestEpoch: Int?
    public private(set) var bestValue: Double?
    private var latestEpoch: Int?
    private var firstEpoch: Int?

    public init(mode: SelectionMode, patience: Int) {
        self.mode = mode
        self.patience = patience
    }

    /// The mode follows from the metric's name.
    public init(metricName: String, patience: Int) {
        self.init(mode: SelectionMode(metricName: metricName), patience: patience)
    }

    /// Takes an epoch's value and returns whether the epoch is the best so far.
    ///
    /// The same value again is no improvement. Metrics come rounded, as they are reported; the loss does not.
    public mutating func update(epoch: Int, value: Double) -> Bool {
        latestEpoch = epoch
        if firstEpoch == nil { firstEpoch = epoch }
        guard mode.isBetter(value, than: bestValue ?? mode.worst) else { return false }
        bestEpoch = epoch
        bestValue = value
        return true
    }

    /// Whether the last `patience` epochs have all been worse than the best one.
    public var shouldStop: Bool {
        guard let latestEpoch, let firstEpoch else { return false }
        // Without any best epoch, as when every loss is NaN, the wait starts before the first.
        return latestEpoch - (bestEpoch ?? firstEpoch - 1) >= patience
    }

    /// Whether this can be what another one became after epochs counted from one; what comes from a file need not be.
    public func continues(_ start: EarlyStopping, epochs: Int) -> Bool {
        guard mode == start.mode, patience == start.patience else { return false }
        guard epochs > 0 else { return self == start }
        return firstEpoch == 1 && latestEpoch == epochs && (1...epochs).contains(bestEpoch ?? 1)
            && (bestEpoch == nil) == (bestValue == nil)
    }
}
