import Data
import Graph

/// Collects the times of some runs of a plan's entries and writes them as a Chrome trace, which Perfetto opens.
public final class ProfileRecorder {
    /// One run of an entry.
    struct Run {
        var entry: Int
        /// For each thread and step.
        var times: [[StepTime]]
    }

    /// The file to write.
    public let path: String
    /// How many runs the file shows.
    public let limit: Int
    /// What the process is called in the file, such as `train demo.plan`.
    private let title: String
    private var runs: [Run] = []
    private var isWritten = false

    /// The first runs touch memory for the first time: they are left out where there are others.
    private static let warmUp = 2

    /// - Throws: `file.unwritable`, before anything runs.
    public init(path: String, limit: Int, title: String) throws(Diagnostic) {
        try AtomicFile.check(path)
        self.path = path
        self.limit = limit
        self.title = title
    }

    /// Runs an entry, and measures it as long as runs are wanted; the file is written when the last of them is over.
    func run(_ instance: PlanInstance, entry: Int) throws(Diagnostic) {
        guard !isWritten else { return try instance.run(entry: entry) }
        runs.append(Run(entry: entry, times: try instance.profile(entry: entry)))
        if runs.count == limit + Self.warmUp { try write(instance) }
    }

    /// Writes the file where fewer runs than wanted have taken place.
    public func finish(_ instance: PlanInstance) throws(Diagnostic) {
        if !isWritten { try write(instance) }
    }

    private func write(_ instance: PlanInstance) throws(Diagnostic) {
        let skipped = max(0, min(Self.warmUp, runs.count - 1))
        let kept = Array(runs.dropFirst(skipped).prefix(limit))
        let trace = ChromeTrace(programs: instance.programs, title: title)
        try AtomicFile.write(Array(trace.text(of: kept, firstRun: skipped).utf8), to: path)
        isWritten = true
        runs = []
    }
}
