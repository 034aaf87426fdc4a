import Graph

/// A data set whose truth is known.
///
/// The planted truth, with factors z (shared) and u_m (of modality m) drawn from the standard normal distribution for
/// each sample, and everything else drawn once for the data set:
///
///     feature[t] = A_m [z, u_m] + featureNoise · e           every frame shows all factors, with its own noise
///     signal     = √w (a · z) + √(1−w) (Σ_m b_m · u_m)       w = sharedWeight; both sums have variance 1
///     label      = clip(labelScale · (signal + labelNoise · e), -3, 3)
///
/// A_m is [D, shared + unique]; its rows are random directions, so a feature has variance 1 before noise. A model that
/// uses one modality only cannot learn the other modalities' part of the signal: reaching the bound takes all three.
public struct SyntheticData: Sendable, Equatable {
    public let dataset: Dataset
    /// Pearson's correlation, on the test part, of the labels with what they would be without their noise.
    ///
    /// No prediction from the features can be expected to correlate better: the noise is in none of them. The noise
    /// of the features costs a little more.
    public let bestReachableCorrelation: Double

    public init(_ specification: SyntheticSpecification) throws(Diagnostic) {
        try specification.check()
        let truth = SyntheticTruth(specification)
        let train = truth.part(.train)
        let valid = truth.part(.valid)
        let test = truth.part(.test)
        dataset = Dataset(train: train.split, valid: valid.split, test: test.split)
        bestReachableCorrelation = Correlation.pearson(test.signal, test.split.labels)
    }
}

/// What is drawn once for the data set, and how samples follow from it.
private struct SyntheticTruth {
    let specification: SyntheticSpecification
    /// A_m, one row for each feature.
    private let mixing: [FeatureModality: [[Double]]]
    private let sharedWeights: [Double]
    private let uniqueWeights: [FeatureModality: [Double]]

    /// One sample: the three modalities' frames and the label with and without noise.
    private struct Sample {
        var features: [FeatureModality: [Float]] = [:]
        var signal: Float = 0
        var label: Float = 0
    }

    init(_ specification: SyntheticSpecification) {
        self.specification = specification
        var generator = SplitMix64(seed: specification.seed, stream: 0)
        var mixing: [FeatureModality: [[Double]]] = [:]
        var unique: [FeatureModality: [Double]] = [:]
        for modality in FeatureModality.allCases {
            let sizes = specification[modality]
            let factors = specification.sharedFactors + sizes.uniqueFactors
            mixing[modality] = (0..<sizes.featureWidth).map { _ in SyntheticTruth.unitVector(factors, &generator) }
            // The modalities carry the same share each.
            let share = ((1 - specification.sharedWeight) / Double(FeatureModality.allCases.count)).squareRoot()
            unique[modality] = SyntheticTruth.unitVector(sizes.uniqueFactors, &generator).map { share * $0 }
        }
        let share = specification.sharedWeight.squareRoot()
        sharedWeights = SyntheticTruth.unitVector(specification.sharedFactors, &generator).map { share * $0 }
        self.mixing = mixing
        uniqueWeights = unique
    }

    /// A part has a stream of its own: its samples do not depend on the other parts' sizes.
    func part(_ part: Dataset.Part) -> (split: Split, signal: [Float]) {
        let stream: UInt64 =
            switch part {
            case .train: 1
            case .valid: 2
            case .test: 3
            }
        var generator = SplitMix64(seed: specification.seed, stream: stream)
        let count = specification.sampleCount(part)
        let samples = (0..<count).map { _ in sample(&generator) }
        func block(_ modality: FeatureModality) -> FeatureBlock {
            FeatureBlock(
                sampleCount: count, timeSteps: specification[modality].timeSteps,
                featureWidth: specification[modality].featureWidth,
                values: samples.flatMap { $0.features[modality] ?? [] })
        }
        let split = Split(
            text: block(.text), audio: block(.audio), vision: block(.vision), labels: samples.map(\.label),
            ids: (0..<count).map { "\(part.rawValue)-\($0)" })
        return (split, samples.map(\.signal))
    }

    private func sample(_ generator: inout SplitMix64) -> Sample {
        let shared = SyntheticTruth.gaussians(specification.sharedFactors, &generator)
        var signal = SyntheticTruth.dot(sharedWeights, shared)
        var sample = Sample()
        for modality in FeatureModality.allCases {
            let unique = SyntheticTruth.gaussians(specification[modality].uniqueFactors, &generator)
            signal += SyntheticTruth.dot(uniqueWeights[modality] ?? [], unique)
            sample.features[modality] = frames(of: modality, factors: shared + unique, &generator)
        }
        sample.signal = label(signal)
        sample.label = label(signal + specification.labelNoise * generator.gaussian())
        return sample
    }

    private func frames(
        of modality: FeatureModality, factors: [Double], _ generator: inout SplitMix64
    ) -> [Float] {
        let clean = (mixing[modality] ?? []).map { SyntheticTruth.dot($0, factors) }
        var frames: [Float] = []
        frames.reserveCapacity(specification[modality].timeSteps * clean.count)
        for _ in 0..<specification[modality].timeSteps {
            for value in clean {
                frames.append(Float(value + specification.featureNoise * generator.gaussian()))
            }
        }
        return frames
    }

    private func label(_ signal: Double) -> Float {
        Float(min(max(specification.labelScale * signal, -3), 3))
    }

    // MARK: vectors

    private static func gaussians(_ count: Int, _ generator: inout SplitMix64) -> [Double] {
        var values: [Double] = []
        for _ in 0..<count { values.append(generator.gaussian()) }
        return values
    }

    /// A random direction: weighted by it, independent factors of variance 1 give a sum of variance 1.
    private static func unitVector(_ count: Int, _ generator: inout SplitMix64) -> [Double] {
        let values = gaussians(count, &generator)
        let length = dot(values, values).squareRoot()
        guard length > 0 else { return [Double](repeating: 1 / Double(count).squareRoot(), count: count) }
        return values.map { $0 / length }
    }

    private static func dot(_ first: [Double], _ second: [Double]) -> Double {
        zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
