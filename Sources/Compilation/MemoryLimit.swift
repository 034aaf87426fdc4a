import Foundation
import Graph
import Passes
import Runtime

/// The most memory that a plan may take when it runs.
public struct MemoryLimit: Hashable, Sendable {
    public let bytes: Int
    /// How many threads run the plan; each has scratch memory.
    public let threads: Int

    /// - Parameter threads: without it one for each processor, as the runtime chooses.
    public init(bytes: Int, threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
        self.bytes = bytes
        self.threads = threads
    }

    /// As on the command line, with what it was checked for.
    var argument: String { "--max-memory \(bytes), \(threads) threads" }

    /// How many of the values at the peak a message names.
    private static let named = 5

    /// Parts of the layers that are computed again, in the order in which they are tried.
    static let recomputedPercents = [0, 25, 50, 75, 100]

    /// A plan that does not fit.
    struct Excess {
        /// In bytes.
        let needed: Int
        let memory: PlanMemory
        let largest: Program?
        let options: PlanCompiler.Options
    }

    /// Nil if the plan fits.
    func excess(of result: PlanCompiler.Result, _ options: PlanCompiler.Options) -> Excess? {
        let programs = result.entries.map(\.program)
        let memory = PlanMemory(programs, scratchBytesPerThread: result.threadScratchBytes)
        let needed = memory.bytes(threads: threads)
        guard needed > bytes else { return nil }
        return Excess(
            needed: needed, memory: memory, largest: programs.max { $0.workspaceBytes < $1.workspaceBytes }, options: options)
    }

    /// `memory.limit`, naming what holds the memory and what would lower it.
    func refusal(of excess: Excess, plan: String) -> Diagnostic {
        var message = "the plan takes more memory than --max-memory allows"
        if excess.options.recomputed > 0 { message += ", even if \(excess.options.recomputed) % of the layers are computed again" }
        message += ": \(excess.memory.description(threads: threads))"
        if let largest = excess.largest, largest.workspaceBytes > 0 {
            let peak = WorkspacePeak(largest)
            let values = peak.holdings.prefix(Self.named).map { "\($0.name) \($0.bytes)" }
            message += "; the workspace's peak is in epoch \(peak.epoch) of \(largest.name) and holds \(values.joined(separator: ", "))"
            let others = peak.holdings.count - values.count
            if others > 0 { message += " and \(others) smaller values" }
        }
        return Diagnostic(
            "memory.limit", plan, "\(message); \(remedy(excess.options))", expected: "at most \(bytes) bytes",
            found: "\(excess.needed)")
    }

    private func remedy(_ options: PlanCompiler.Options) -> String {
        var given = options
        given.recomputed = 0
        let costly = given.arguments
        return "a smaller batch takes less" + (costly.isEmpty ? "" : ", and so does leaving out \(costly.joined(separator: " "))")
    }
}
