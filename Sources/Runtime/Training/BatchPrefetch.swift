import Data
import Dispatch
import Synchronization

/// The samples of one step, in ordinary memory.
public struct Batch: Sendable {
    public let features: [FeatureModality: [Float]]
    public let labels: [Float]

    public init(_ split: Split, _ samples: [Int]) {
        let values = FeatureModality.allCases.map { ($0, split[$0].values(of: samples)) }
        features = Dictionary(uniqueKeysWithValues: values)
        labels = samples.map { split.labels[$0] }
    }

    public var sampleCount: Int { labels.count }
}

/// Gathers each batch of an epoch on a thread of its own while the one before it runs.
///
/// What is gathered does not depend on when: results are the same as without it.
final class BatchPrefetch {
    private let split: Split
    private let batches: [[Int]]
    private let queue = DispatchQueue(label: "dg.batches")
    private let done = DispatchSemaphore(value: 0)
    /// Where the thread puts what it gathered.
    private let gathered: Gathered
    private var position = 0

    private final class Gathered: Sendable {
        let batch = Mutex<Batch?>(nil)
    }

    init(_ split: Split, _ batches: [[Int]]) {
        self.split = split
        self.batches = batches
        gathered = Gathered()
        gather()
    }

    /// The next batch in order; nil after the last.
    func next() -> Batch? {
        guard position < batches.count else { return nil }
        done.wait()
        let batch = gathered.batch.withLock { batch in
            defer { batch = nil }
            return batch
        }
        position += 1
        gather()
        return batch
    }

    private func gather() {
        guard position < batches.count else { return }
        let (split, samples, gathered, done) = (split, batches[position], gathered, done)
        queue.async {
            let batch = Batch(split, samples)
            gathered.batch.withLock { $0 = batch }
            done.signal()
        }
    }
}
