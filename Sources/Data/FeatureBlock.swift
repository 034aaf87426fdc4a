/// One modality's features: [samples, time steps, features], row-major.
public struct FeatureBlock: Sendable, Hashable {
    public let shape: [Int]
    public var values: [Float]

    /// Trusts that the values fill the shape.
    public init(sampleCount: Int, timeSteps: Int, featureWidth: Int, values: [Float]) {
        shape = [sampleCount, timeSteps, featureWidth]
        self.values = values
    }

    public var sampleCount: Int { shape[0] }
    public var timeSteps: Int { shape[1] }
    public var featureWidth: Int { shape[2] }

    /// The samples at some indices, in their order, as a batch; an index may repeat.
    public func gathering(_ indices: [Int]) -> FeatureBlock {
        let sampleSize = timeSteps * featureWidth
        var gathered: [Float] = []
        gathered.reserveCapacity(indices.count * sampleSize)
        for index in indices {
            gathered += values[(index * sampleSize)..<((index + 1) * sampleSize)]
        }
        return FeatureBlock(
            sampleCount: indices.count, timeSteps: timeSteps, featureWidth: featureWidth, values: gathered)
    }

    /// Sets NaN and ±inf to zero and returns how many there were.
    mutating func zeroNonFinite() -> Int {
        var count = 0
        for index in values.indices where !values[index].isFinite {
            values[index] = 0
            count += 1
        }
        return count
    }
}
