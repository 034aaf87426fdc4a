import Foundation
import Graph

/// Whether an entry has the same bits for any number of threads and every time.
public struct ThreadBits {
    /// Also more threads than most machines have processors.
    public static let threadCounts = [1, 2, 3, 4, 7, 8, 16]

    public struct Difference: Hashable, Sendable {
        public var threads: Int
        public var round: Int
        /// Outputs, parameters and state whose bits are not those of the first run.
        public var tensors: [String]
    }

    private let bundle: PlanBundle
    private let entry: Int
    private let seed: Int

    public init(_ bundle: PlanBundle, entry: Int, seed: Int) {
        self.bundle = bundle
        self.entry = entry
        self.seed = seed
    }

    /// Runs the entry on each number of threads.
    ///
    /// - Parameters:
    ///   - steps: runs one after the other, each on the parameters and the state that the one before left.
    ///   - rounds: how often all of it is done.
    /// - Returns: the first run that differs, or nil.
    public func difference(steps: Int, rounds: Int) throws(Diagnostic) -> Difference? {
        var expected: [String: String]?
        for threads in Self.threadCounts {
            let instance = try PlanInstance(programs: bundle.programs, libraryPath: bundle.libraryPath, threads: threads)
            for round in 0..<rounds {
                let found = try fingerprints(instance, steps: steps, threads: threads)
                guard let known = expected else {
                    expected = found
                    continue
                }
                let names = known.keys.filter { known[$0] != found[$0] }.sorted()
                if !names.isEmpty { return Difference(threads: threads, round: round, tensors: names) }
            }
        }
        return nil
    }

    /// Of every output after each step, and of what outlives the run after the last one.
    private func fingerprints(_ instance: PlanInstance, steps: Int, threads: Int) throws(Diagnostic) -> [String: String] {
        try RandomInputs(bundle: bundle, seed: seed).fill(instance, entry: entry)
        let program = instance.programs[entry]
        let hasKey = bundle.manifest.training != nil && program.inputs.contains { $0.name == "key" }
        var found: [String: String] = [:]
        for step in 0..<steps {
            // Other elements are dropped in each step.
            if hasKey { try instance.set("key", entry: entry, to: [Double(seed), Double(step)]) }
            try instance.run(entry: entry, threads: threads)
            for output in program.outputs {
                found["\(output.name) of step \(step)"] = try fingerprint(instance, program.slices[output.slice])
            }
        }
        for input in program.inputs where program.slices[input.slice].region.outlivesRun {
            found[input.name] = try fingerprint(instance, program.slices[input.slice])
        }
        return found
    }

    private func fingerprint(_ instance: PlanInstance, _ slice: Program.Slice) throws(Diagnostic) -> String {
        try instance.withBytes(of: slice) { ContentHash.of(Foundation.Data($0)) }
    }
}
