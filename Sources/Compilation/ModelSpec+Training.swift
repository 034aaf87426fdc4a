import Data
import Models
import Runtime

extension ModelSpec {
    /// Whether the validation part is trained on, as in the paper's protocol for iemocap.
    var trainsOnValidation: Bool {
        dataset == .iemocap && features.iemocapProtocol == .paperCount
    }

    private var metricFamily: MetricFamily {
        switch (objective.trainMode, dataset) {
        case (.classification, _): .iemocap
        case (.regression, .sims): .sims
        case (.regression, .mosi), (.regression, .mosei), (.regression, .iemocap), (.regression, nil): .mosi
        }
    }

    /// What the training loop needs to know of the specification.
    func trainingConfiguration(_ sizes: ModelSizes) -> TrainingConfiguration {
        TrainingConfiguration(
            dataset: dataset?.rawValue ?? "mosi", metricFamily: metricFamily,
            isClassification: objective.trainMode == .classification, learningRate: training.learningRate,
            epochs: training.epochCount, earlyStopPatience: training.earlyStopPatience,
            schedulerPatience: training.schedulerPatience, schedulerFactor: training.schedulerFactor,
            selectionMetric: training.selectionMetric.rawValue, selectionMode: training.selectionGoal.mode,
            schedulerMetric: training.schedulerMetric.rawValue, schedulerMode: training.schedulerGoal.mode,
            seed: training.seed,
            standardizedModalities: features.standardize ? features.standardizedModalities.map(\.rawValue) : [],
            clipPercentiles: features.clipPercentiles.map { [$0.lowerBound, $0.upperBound] },
            trainsOnValidation: trainsOnValidation, batchSize: sizes.batch,
            sequenceLengths: sizes.sequenceLengths.all, featureWidths: sizes.featureDimensions.all)
    }
}

extension ModelSpec.Goal {
    fileprivate var mode: SelectionMode {
        switch self {
        case .min: .min
        case .max: .max
        }
    }
}
