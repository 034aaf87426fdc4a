import Data
import Graph

extension TrainingConfiguration {
    /// Which of a file's labels the model learns.
    public var labels: Dataset.Labels { isClassification ? .classification : .regression }

    /// Brings a data set into the form that training sees: the protocol's parts, then standardised features.
    public func prepare(_ dataset: Dataset) throws(Diagnostic) -> Dataset {
        var prepared = dataset
        if trainsOnValidation {
            prepared.train = Self.joined(dataset.train, dataset.valid)
            prepared.valid = dataset.test
        }
        let modalities = FeatureModality.allCases.filter { standardizedModalities.contains($0.rawValue) }
        guard !modalities.isEmpty else { return prepared }
        var percentiles: Standardization.Percentiles?
        if let clipPercentiles, clipPercentiles.count == 2 {
            percentiles = try Standardization.Percentiles(lower: clipPercentiles[0], upper: clipPercentiles[1])
        }
        _ = try prepared.standardize(modalities, percentiles: percentiles)
        return prepared
    }

    private static func joined(_ first: Split, _ second: Split) -> Split {
        Split(
            text: FeatureBlock(first.text, followedBy: second.text),
            audio: FeatureBlock(first.audio, followedBy: second.audio),
            vision: FeatureBlock(first.vision, followedBy: second.vision), labels: first.labels + second.labels,
            ids: first.ids + second.ids)
    }
}
