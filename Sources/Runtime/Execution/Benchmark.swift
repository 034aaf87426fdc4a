import Data
import Foundation
import Graph

/// Times an entry on seeded random inputs.
public struct Benchmark {
    private let bundle: PlanBundle
    private let instance: PlanInstance

    public init(bundle: PlanBundle, instance: PlanInstance) {
        self.bundle = bundle
        self.instance = instance
    }

    /// Wall times in milliseconds.
    public struct Measurement: Sendable {
        public var median: Double
        public var minimum: Double
    }

    /// Two runs warm up threads, caches and pages; each further run is timed alone.
    public func measure(entry: Int, iterations: Int) throws(Diagnostic) -> Measurement {
        try fill(entry)
        for _ in 0..<2 { try instance.run(entry: entry) }
        let clock = ContinuousClock()
        var times: [Double] = []
        for _ in 0..<iterations {
            let start = clock.now
            try instance.run(entry: entry)
            times.append(Trainer.seconds(clock.now - start) * 1e3)
        }
        times.sort()
        return Measurement(median: times[times.count / 2], minimum: times[0])
    }

    /// Thread time of one kernel function in one run.
    public struct KernelTime: Sendable {
        public var kernel: String
        public var milliseconds: Double
        public var steps: Int
        /// Where its longest step comes from.
        public var label: String
    }

    /// Thread times by kernel function, the longest first; of each step the shortest of its runs, after one that is not timed.
    public func kernelTimes(entry: Int, iterations: Int) throws(Diagnostic) -> [KernelTime] {
        try fill(entry)
        let steps = instance.programs[entry].steps
        var seconds = [Double](repeating: .infinity, count: steps.count)
        for iteration in 0..<iterations + 1 {
            let times = try instance.profile(entry: entry)
            guard iteration > 0 else { continue }
            for step in steps.indices {
                seconds[step] = min(seconds[step], times.reduce(0) { $0 + $1[step].end - $1[step].start })
            }
        }
        var rows: [String: KernelTime] = [:]
        for (index, step) in steps.enumerated().sorted(by: { seconds[$0.offset] > seconds[$1.offset] }) {
            let row = KernelTime(kernel: step.kernel, milliseconds: 0, steps: 0, label: step.label)
            rows[step.kernel, default: row].milliseconds += seconds[index] * 1e3
            rows[step.kernel]?.steps += 1
        }
        return rows.values.sorted { ($1.milliseconds, $0.kernel) < ($0.milliseconds, $1.kernel) }
    }

    private func fill(_ entry: Int) throws(Diagnostic) {
        try RandomInputs(bundle: bundle, seed: 1).fill(instance, entry: entry)
    }

    /// The most memory that the process ever held, from the kernel's account.
    public static func peakResidentBytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
        else { return 0 }
        return kilobytes * 1024
    }
}
