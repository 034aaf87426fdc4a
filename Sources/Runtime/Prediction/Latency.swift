/// How long single batches took.
public struct Latency: Sendable {
    private var seconds: [Double] = []
    private var samples = 0

    mutating func append(seconds: Double, samples: Int) {
        self.seconds.append(seconds)
        self.samples += samples
    }

    public var batchCount: Int { seconds.count }

    /// Seconds that a share of the batches did not exceed.
    public func percentile(_ share: Double) -> Double {
        let sorted = seconds.sorted()
        guard let last = sorted.last else { return 0 }
        let index = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return sorted.indices.contains(index) ? sorted[index] : last
    }

    public var samplesPerSecond: Double { Double(samples) / max(seconds.reduce(0, +), 1e-12) }
}
