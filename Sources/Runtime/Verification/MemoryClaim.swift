import Foundation
import Graph

/// How much memory a plan says it takes, and how much more the process has while it runs.
public struct MemoryClaim {
    public let claimedBytes: Int
    /// Nil where the system does not say it.
    public let obtainedBytes: Int?

    /// Beside a plan's regions: its code, what the BLAS packs matrices into, and stacks of threads.
    public static let allowedOverhead = 48 << 20

    public var isKept: Bool { obtainedBytes.map { $0 <= claimedBytes + Self.allowedOverhead } ?? true }

    /// Runs an entry and looks at the largest resident size of the process.
    public init(_ bundle: PlanBundle, entry: Int, seed: Int, threads: Int) throws(Diagnostic) {
        let before = Self.resident("VmRSS:")
        Self.resetPeak()
        let instance = try PlanInstance(programs: bundle.programs, libraryPath: bundle.libraryPath, threads: threads)
        try RandomInputs(bundle: bundle, seed: seed).fill(instance, entry: entry)
        try instance.run(entry: entry, threads: threads)
        claimedBytes = instance.byteCount
        guard let before, let peak = Self.resident("VmHWM:") else {
            obtainedBytes = nil
            return
        }
        obtainedBytes = max(0, peak - before)
    }

    /// The peak counts from here on, where the system allows that.
    private static func resetPeak() {
        guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
        try? file.write(contentsOf: Foundation.Data("5".utf8))
    }

    private static func resident(_ field: String) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return kibibytes * 1024
    }
}
