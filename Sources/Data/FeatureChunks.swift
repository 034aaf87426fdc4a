import Graph

extension FeatureBlock {
    /// About a megabyte of values: enough to be quick, and nothing beside a large file.
    private static let chunkValues = 1 << 18

    /// Consecutive samples that are worth looking at together, so that no pass over a block needs all of it in memory.
    var chunks: [Range<Int>] {
        let length = max(1, Self.chunkValues / max(1, sampleSize))
        return stride(from: 0, to: sampleCount, by: length).map { $0..<min($0 + length, sampleCount) }
    }
}

/// How many values of a block are not finite, and where the first is.
struct NonFiniteCount: Sendable, Hashable {
    var nan = 0
    var positiveInfinity = 0
    var negativeInfinity = 0
    var firstSample: Int?
    var firstValue: Float?

    var total: Int { nan + positiveInfinity + negativeInfinity }

    /// Looks at all values, in several threads.
    init(_ block: FeatureBlock) {
        let chunks = block.chunks
        let counts = Parallel.map(chunks.count) { NonFiniteCount(block, chunks[$0]) }
        for count in counts where count.total > 0 {
            nan += count.nan
            positiveInfinity += count.positiveInfinity
            negativeInfinity += count.negativeInfinity
            firstSample = firstSample ?? count.firstSample
            firstValue = firstValue ?? count.firstValue
        }
    }

    private init(_ block: FeatureBlock, _ samples: Range<Int>) {
        let values = block.values(of: samples)
        // Almost always there is none, which one pass without branches finds out.
        let exponent: UInt32 = 0x7f80_0000
        guard values.reduce(false, { $0 || $1.bitPattern & exponent == exponent }) else { return }
        for (index, value) in values.enumerated() where !value.isFinite {
            if value.isNaN { nan += 1 } else if value > 0 { positiveInfinity += 1 } else { negativeInfinity += 1 }
            if firstSample == nil { (firstSample, firstValue) = (samples.lowerBound + index / block.sampleSize, value) }
        }
    }
}
