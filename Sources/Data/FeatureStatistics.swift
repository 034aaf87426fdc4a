import Graph

/// What the values of features are like.
public struct FeatureStatistics: Sendable, Hashable {
    public var nan = 0
    public var positiveInfinity = 0
    public var negativeInfinity = 0
    /// Of the finite values; nil where there are none.
    public var smallest: Float?
    public var largest: Float?
    /// Samples without any value other than zero.
    public var zeroSamples = 0
    /// Samples with values other than zero after the length that the file gives them.
    public var samplesLongerThanSaid = 0

    public var nonFinite: Int { nan + positiveInfinity + negativeInfinity }

    /// Looks at all values, in several threads.
    ///
    /// - Parameter lengths: how many time steps of each sample are not padding, where the file says so.
    init(_ block: FeatureBlock, lengths: [Int]?) {
        let chunks = block.chunks
        for part in Parallel.map(chunks.count, { FeatureStatistics(block, chunks[$0], lengths) }) {
            nan += part.nan
            positiveInfinity += part.positiveInfinity
            negativeInfinity += part.negativeInfinity
            zeroSamples += part.zeroSamples
            samplesLongerThanSaid += part.samplesLongerThanSaid
            smallest = [smallest, part.smallest].compactMap(\.self).min()
            largest = [largest, part.largest].compactMap(\.self).max()
        }
    }

    private init(_ block: FeatureBlock, _ samples: Range<Int>, _ lengths: [Int]?) {
        let values = block.values(of: samples)
        var low = Float.infinity
        var high = -Float.infinity
        for sample in samples {
            let start = (sample - samples.lowerBound) * block.sampleSize
            let padding = lengths.map { start + min(max($0[sample], 0), block.timeSteps) * block.featureWidth }
            var isZero = true
            var isLonger = false
            for index in start..<(start + block.sampleSize) {
                let value = values[index]
                if value != 0 {
                    isZero = false
                    if let padding, index >= padding { isLonger = true }
                }
                if value.isFinite {
                    low = min(low, value)
                    high = max(high, value)
                } else if value.isNaN {
                    nan += 1
                } else if value > 0 {
                    positiveInfinity += 1
                } else {
                    negativeInfinity += 1
                }
            }
            if isZero { zeroSamples += 1 }
            if isLonger { samplesLongerThanSaid += 1 }
        }
        if low <= high { (smallest, largest) = (low, high) }
    }
}
