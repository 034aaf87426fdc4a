/// One modality's features: [samples, time steps, features], row-major.
///
/// The values stay where they are, such as in a mapped file; repairs and standardisation happen when samples are taken.
public struct FeatureBlock: Sendable {
    public let shape: [Int]
    /// One after the other.
    private var sources: [any FeatureSource]
    /// NaN and ±inf become 0.
    private var replacesNonFinite = false
    private var standardization: Standardization?

    init(_ source: some FeatureSource) {
        shape = [source.sampleCount, source.timeSteps, source.featureWidth]
        sources = [source]
    }

    /// Trusts that the values fill the shape.
    public init(sampleCount: Int, timeSteps: Int, featureWidth: Int, values: [Float]) {
        self.init(StoredFeatures(sampleCount: sampleCount, timeSteps: timeSteps, featureWidth: featureWidth, values: values))
    }

    /// The samples of one block followed by those of another with the same sizes, neither of them standardised.
    public init(_ first: FeatureBlock, followedBy second: FeatureBlock) {
        shape = [first.sampleCount + second.sampleCount, first.timeSteps, first.featureWidth]
        sources = first.sources + second.sources
        replacesNonFinite = first.replacesNonFinite || second.replacesNonFinite
    }

    public var sampleCount: Int { shape[0] }
    public var timeSteps: Int { shape[1] }
    public var featureWidth: Int { shape[2] }
    /// How many values a sample has.
    public var sampleSize: Int { timeSteps * featureWidth }

    /// All values: a copy, which for a large file takes its size in memory.
    public var values: [Float] { values(of: 0..<sampleCount) }

    /// The values of some samples, in their order; an index may repeat.
    public func values(of samples: some Collection<Int>) -> [Float] {
        let size = sampleSize
        return [Float](unsafeUninitializedCapacity: samples.count * size) { buffer, count in
            for (position, sample) in samples.enumerated() {
                let part = buffer[(position * size)..<((position + 1) * size)]
                copy(sample, to: UnsafeMutableBufferPointer(rebasing: part))
            }
            count = samples.count * size
        }
    }

    private func copy(_ sample: Int, to output: UnsafeMutableBufferPointer<Float>) {
        var index = sample
        for source in sources {
            if index < source.sampleCount {
                source.copy(sample: index, to: output)
                break
            }
            index -= source.sampleCount
        }
        if replacesNonFinite {
            for index in output.indices where !output[index].isFinite { output[index] = 0 }
        }
        standardization?.apply(to: output)
    }

    /// Makes NaN and ±inf zero from now on.
    mutating func replaceNonFinite() { replacesNonFinite = true }

    /// Standardises from now on; a block can be standardised twice.
    mutating func standardize(_ numbers: Standardization) {
        if standardization != nil {
            self = FeatureBlock(
                sampleCount: sampleCount, timeSteps: timeSteps, featureWidth: featureWidth, values: values)
        }
        standardization = numbers
    }
}

extension FeatureBlock: Equatable {
    /// Whether shapes and values are equal, wherever they lie.
    public static func == (first: FeatureBlock, second: FeatureBlock) -> Bool {
        first.shape == second.shape && first.values == second.values
    }
}
