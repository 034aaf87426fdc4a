import Graph

/// How much memory a plan takes when it runs: regions that all entries share, and scratch memory of threads.
public struct PlanMemory: Hashable, Sendable {
    /// Each region is as large as the entry that needs most of it.
    public let regionBytes: [Region: Int]
    public let scratchBytesPerThread: Int

    public init(_ programs: [Program], scratchBytesPerThread: Int) {
        regionBytes = Dictionary(uniqueKeysWithValues: Region.allCases.map { region in
            (region, programs.map { PlanInstance.bytes(of: region, $0) }.max() ?? 0)
        })
        self.scratchBytesPerThread = scratchBytesPerThread
    }

    public func bytes(threads: Int) -> Int {
        regionBytes.values.reduce(0, +) + threads * scratchBytesPerThread
    }

    /// The largest parts first, such as `4096 bytes workspace`.
    public func description(threads: Int) -> String {
        var parts = Region.allCases.map { (name: $0.rawValue, bytes: regionBytes[$0] ?? 0) }
        parts.append((name: "scratch of \(threads) threads", bytes: threads * scratchBytesPerThread))
        return parts.filter { $0.bytes > 0 }.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
            .map { "\($0.name) \($0.bytes)" }.joined(separator: ", ")
    }
}
