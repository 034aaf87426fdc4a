import Data

/// All that training needs to go on: what it computes from here depends on nothing else.
///
/// The order of the samples and the dropped elements are functions of the seed, the epoch and the step.
public struct TrainingState: Sendable, Hashable {
    /// How many epochs are over.
    public var epochs = 0
    /// How many optimizer steps are over, of all epochs.
    public var steps = 0
    /// The losses of the epoch that has begun, or nothing between two epochs.
    public var begun = LossRecord()
    public var schedule: LearningRateSchedule
    public var stopping: EarlyStopping
    public var parameters: [String: HostTensor]
    /// Moments and the count of steps; where a tensor is missing, it is zero.
    public var optimizer: [String: HostTensor] = [:]
    /// The parameters after the best epoch; nil where that is the one just over, or there is none.
    public var best: [String: HostTensor]?

    /// Before the first step.
    public init(_ configuration: TrainingConfiguration, parameters: [String: HostTensor]) {
        schedule = LearningRateSchedule(
            learningRate: configuration.learningRate, factor: configuration.schedulerFactor,
            patience: configuration.schedulerPatience, mode: configuration.schedulerMode)
        stopping = EarlyStopping(mode: configuration.selectionMode, patience: configuration.earlyStopPatience)
        self.parameters = parameters
    }

    /// The parameters after the best epoch, or the present ones as long as no epoch is the best, as when every value is NaN.
    public var bestParameters: [String: HostTensor] { best ?? parameters }
}

/// The losses of an epoch's steps.
public struct LossRecord: Sendable, Hashable {
    /// In the order of `componentSums`.
    public static let componentNames = ["loss.task", "loss.dec", "loss.hete", "loss.homo", "loss.ct"]

    /// The total loss of each step.
    public var totals: [Double] = []
    /// Each component summed over the steps.
    public var componentSums = [Double](repeating: 0, count: Self.componentNames.count)

    public init() {}

    public var mean: Double { totals.reduce(0, +) / Double(totals.count) }

    /// Loss by name, averaged over the steps.
    public var components: [(name: String, value: Double)] {
        zip(Self.componentNames, componentSums).map { (name: $0, value: $1 / Double(totals.count)) }
    }
}
