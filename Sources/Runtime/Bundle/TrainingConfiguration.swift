import Data
import Graph

/// How `dgrun train` trains a plan, resolved from the specification.
public struct TrainingConfiguration: Codable, Hashable, Sendable {
    public var dataset: String
    public var metricFamily: MetricFamily
    public var isClassification: Bool
    public var learningRate: Double
    public var epochs: Int
    public var earlyStopPatience: Int
    public var schedulerPatience: Int
    public var schedulerFactor: Double
    /// `Loss`, or a metric's name.
    public var selectionMetric: String
    public var selectionMode: SelectionMode
    public var schedulerMetric: String
    public var schedulerMode: SelectionMode
    public var seed: Int
    /// Whether any element is ever dropped, so that entries take a key.
    public var standardizedModalities: [String]
    public var clipPercentiles: [Double]?
    /// Train and valid together for training, test for both evaluations.
    public var trainsOnValidation: Bool
    public var batchSize: Int
    /// Per modality text, audio, vision: time steps and feature width.
    public var sequenceLengths: [Int]
    public var featureWidths: [Int]

    public init(
        dataset: String, metricFamily: MetricFamily, isClassification: Bool, learningRate: Double, epochs: Int,
        earlyStopPatience: Int, schedulerPatience: Int, schedulerFactor: Double, selectionMetric: String,
        selectionMode: SelectionMode, schedulerMetric: String, schedulerMode: SelectionMode, seed: Int,
        standardizedModalities: [String], clipPercentiles: [Double]?, trainsOnValidation: Bool, batchSize: Int,
        sequenceLengths: [Int], featureWidths: [Int]
    ) {
        self.dataset = dataset
        self.metricFamily = metricFamily
        self.isClassification = isClassification
        self.learningRate = learningRate
        self.epochs = epochs
        self.earlyStopPatience = earlyStopPatience
        self.schedulerPatience = schedulerPatience
        self.schedulerFactor = schedulerFactor
        self.selectionMetric = selectionMetric
        self.selectionMode = selectionMode
        self.schedulerMetric = schedulerMetric
        self.schedulerMode = schedulerMode
        self.seed = seed
        self.standardizedModalities = standardizedModalities
        self.clipPercentiles = clipPercentiles
        self.trainsOnValidation = trainsOnValidation
        self.batchSize = batchSize
        self.sequenceLengths = sequenceLengths
        self.featureWidths = featureWidths
    }
}
