import Graph

/// Which samples make up the batches of an epoch.
///
/// The seed and the epoch alone determine a shuffled order, on every machine and whatever came before: a run that
/// goes on from a checkpoint sees the same batches.
public struct BatchOrder: Sendable, Hashable {
    /// How samples are ordered before they are cut into batches.
    public enum Order: Sendable, Hashable {
        case file
        case shuffled(seed: UInt64)
    }

    public let sampleCount: Int
    public let batchSize: Int
    public let order: Order

    public init(sampleCount: Int, batchSize: Int, order: Order) throws(Diagnostic) {
        guard sampleCount > 0 else {
            throw Diagnostic(
                "batch.samples", "samples", "there is nothing to make batches of",
                expected: "at least one sample", found: "\(sampleCount)")
        }
        guard batchSize > 0 else {
            throw Diagnostic(
                "batch.size", "batch_size", "a batch must have samples", expected: "at least 1", found: "\(batchSize)")
        }
        self.sampleCount = sampleCount
        self.batchSize = batchSize
        self.order = order
    }

    /// How many batches an epoch has, the last partial one included.
    public var batchCount: Int { (sampleCount - 1) / batchSize + 1 }

    /// The order of the samples in an epoch.
    public func samples(epoch: Int) -> [Int] {
        var samples = Array(0..<sampleCount)
        switch order {
        case .file: break
        case .shuffled(let seed):
            // Not the standard library's shuffle, whose way of drawing may change.
            var generator = SplitMix64(seed: seed, stream: UInt64(bitPattern: Int64(epoch)))
            for last in stride(from: sampleCount - 1, to: 0, by: -1) {
                samples.swapAt(last, generator.index(below: last + 1))
            }
        }
        return samples
    }

    /// The batches of an epoch; the last one holds what is left.
    public func batches(epoch: Int) -> [[Int]] {
        let samples = samples(epoch: epoch)
        return (0..<batchCount).map { batch in
            let start = batch * batchSize
            return Array(samples[start..<(start + min(batchSize, sampleCount - start))])
        }
    }
}
