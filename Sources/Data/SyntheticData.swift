import Foundation
import Graph

/// A data set whose truth is known.
///
/// The planted truth, with factors z (shared) and u_m (of modality m) drawn from the standard normal distribution for
/// each sample, and everything else drawn once for the data set:
///
///     feature[t] = A_m [z, u_m] + featureNoise · e           every frame shows all factors, with its own noise
///     signal     = √w (a · z) + √(1−w) (Σ_m b_m · u_m)       w = sharedWeight; both sums have variance 1
///     noisy      = signal + labelNoise · e
///     label      = clip(labelScale · noisy, ±labelLimit), or for C classes the number of the interval in which noisy lies,
///                  of C intervals that are equally likely
///
/// A_m is [D, shared + unique]; its rows are random directions, so a feature has variance 1 before noise. A model that
/// uses one modality only cannot learn the other modalities' part of the signal: reaching the bound takes all three.
///
/// Features are computed when they are asked for, each sample from random numbers of its own: a data set of any size
/// takes no memory, and a sample does not depend on how many others there are.
public struct SyntheticData: Sendable, Equatable {
    public let dataset: Dataset
    /// Pearson's correlation, on the test part, of the labels with what they would be without their noise.
    ///
    /// No prediction from the features can be expected to correlate better: the noise is in none of them. The noise
    /// of the features costs a little more.
    public let bestReachableCorrelation: Double
    /// For classes: how often, on the test part, the label is the class that is likeliest given the signal.
    public let bestReachableAccuracy: Double?

    public init(_ specification: SyntheticSpecification) throws(Diagnostic) {
        try specification.check()
        let truth = SyntheticTruth(specification)
        dataset = Dataset(train: truth.split(.train), valid: truth.split(.valid), test: truth.split(.test))
        let samples = truth.samples(.test)
        let labels = dataset.test.labels
        bestReachableCorrelation = Correlation.pearson(samples.map { truth.label($0.signal) }, labels)
        bestReachableAccuracy = specification.classCount.map { _ in
            let hits = zip(samples, labels).count { Float(truth.likeliestClass($0.signal)) == $1 }
            return Double(hits) / Double(labels.count)
        }
    }
}

/// What is drawn once for the data set, and how samples follow from it.
private struct SyntheticTruth: Sendable {
    let specification: SyntheticSpecification
    /// A_m, one row for each feature.
    private let mixing: [FeatureModality: [[Double]]]
    private let sharedWeights: [Double]
    private let uniqueWeights: [FeatureModality: [Double]]
    /// Where the classes' intervals meet.
    private let thresholds: [Double]

    /// What a sample's features and label follow from.
    struct Sample {
        var factors: [FeatureModality: [Double]]
        var signal: Double
        var noisy: Double
    }

    init(_ specification: SyntheticSpecification) {
        self.specification = specification
        var generator = SplitMix64(seed: specification.seed, stream: 0)
        var mixing: [FeatureModality: [[Double]]] = [:]
        var unique: [FeatureModality: [Double]] = [:]
        for modality in FeatureModality.allCases {
            let sizes = specification[modality]
            let factors = specification.sharedFactors + sizes.uniqueFactors
            mixing[modality] = (0..<sizes.featureWidth).map { _ in Self.unitVector(factors, &generator) }
            // The modalities carry the same share each.
            let share = ((1 - specification.sharedWeight) / Double(FeatureModality.allCases.count)).squareRoot()
            unique[modality] = Self.unitVector(sizes.uniqueFactors, &generator).map { share * $0 }
        }
        let share = specification.sharedWeight.squareRoot()
        sharedWeights = Self.unitVector(specification.sharedFactors, &generator).map { share * $0 }
        self.mixing = mixing
        uniqueWeights = unique
        let deviation = (1 + specification.labelNoise * specification.labelNoise).squareRoot()
        let count = specification.classCount ?? 1
        thresholds = (1..<max(1, count)).map { deviation * Self.normalQuantile(Double($0) / Double(count)) }
    }

    /// A part's samples; its features are computed when they are asked for.
    func split(_ part: Dataset.Part) -> Split {
        let count = specification.sampleCount(part)
        func block(_ modality: FeatureModality) -> FeatureBlock {
            FeatureBlock(SyntheticFeatures(truth: self, part: part, modality: modality))
        }
        return Split(
            text: block(.text), audio: block(.audio), vision: block(.vision),
            labels: samples(part).map { label($0.noisy) }, ids: (0..<count).map { "\(part.rawValue)-\($0)" })
    }

    func samples(_ part: Dataset.Part) -> [Sample] { (0..<specification.sampleCount(part)).map { sample(part, $0) } }

    /// Every sample has random numbers of its own for its factors and label, and others for each modality's frames.
    private func generator(_ part: Dataset.Part, _ sample: Int, _ use: UInt64) -> SplitMix64 {
        let number: UInt64 =
            switch part {
            case .train: 1
            case .valid: 2
            case .test: 3
            }
        return SplitMix64(seed: specification.seed, stream: number << 60 | UInt64(sample) << 2 | use)
    }

    func sample(_ part: Dataset.Part, _ index: Int) -> Sample {
        var generator = generator(part, index, 0)
        let shared = Self.gaussians(specification.sharedFactors, &generator)
        var signal = Self.dot(sharedWeights, shared)
        var factors: [FeatureModality: [Double]] = [:]
        for modality in FeatureModality.allCases {
            let unique = Self.gaussians(specification[modality].uniqueFactors, &generator)
            signal += Self.dot(uniqueWeights[modality] ?? [], unique)
            factors[modality] = shared + unique
        }
        let noisy = signal + specification.labelNoise * generator.gaussian()
        return Sample(factors: factors, signal: signal, noisy: noisy)
    }

    func writeFrames(
        _ part: Dataset.Part, _ modality: FeatureModality, sample index: Int, to output: UnsafeMutableBufferPointer<Float>
    ) {
        let factors = sample(part, index).factors[modality] ?? []
        let clean = (mixing[modality] ?? []).map { Self.dot($0, factors) }
        let use: UInt64 =
            switch modality {
            case .text: 1
            case .audio: 2
            case .vision: 3
            }
        var generator = generator(part, index, use)
        for start in stride(from: 0, to: output.count, by: clean.count) {
            for (feature, value) in clean.enumerated() {
                output[start + feature] = Float(value + specification.featureNoise * generator.gaussian())
            }
        }
    }

    // MARK: Labels

    func label(_ signal: Double) -> Float {
        if specification.classCount != nil { return Float(thresholds.count { $0 <= signal }) }
        let limit = specification.labelLimit
        return Float(min(max(specification.labelScale * signal, -limit), limit))
    }

    /// The class whose interval the noise most probably leads to.
    func likeliestClass(_ signal: Double) -> Int {
        guard specification.labelNoise > 0 else { return Int(label(signal)) }
        let below = thresholds.map { Self.normalShare(($0 - signal) / specification.labelNoise) }
        let shares = zip(below + [1], [0] + below).map { $0 - $1 }
        return shares.indices.max { shares[$0] < shares[$1] } ?? 0
    }

    /// The share of the standard normal distribution below a value.
    private static func normalShare(_ value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }

    /// The value below which a share of the standard normal distribution lies, by bisection.
    private static func normalQuantile(_ share: Double) -> Double {
        var (low, high) = (-9.0, 9.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if normalShare(middle) < share { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    // MARK: Vectors

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

/// One modality of one part.
private struct SyntheticFeatures: FeatureSource {
    let truth: SyntheticTruth
    let part: Dataset.Part
    let modality: FeatureModality

    var sampleCount: Int { truth.specification.sampleCount(part) }
    var timeSteps: Int { truth.specification[modality].timeSteps }
    var featureWidth: Int { truth.specification[modality].featureWidth }

    func copy(sample: Int, to output: UnsafeMutableBufferPointer<Float>) {
        truth.writeFrames(part, modality, sample: sample, to: output)
    }
}
