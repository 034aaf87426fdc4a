import ArgumentParser
import Data
import Foundation
import Graph
import Runtime

/// A plan and how many threads run it.
struct PlanArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The plan, a folder written by dgc compile.", valueName: "NAME.plan"))
    var plan: String

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Threads; without it, one for each processor. Results do not depend on it.", valueName: "N"))
    var threads: Int?

    private static let mostThreads = 256

    /// Checks the numbers, which takes no time, before anything is read.
    func check() throws(Diagnostic) {
        try ArgumentRange.check("--threads", threads, 1...Self.mostThreads)
    }

    func open() throws(Diagnostic) -> (bundle: PlanBundle, instance: PlanInstance) {
        try check()
        let threads = threads ?? min(ProcessInfo.processInfo.activeProcessorCount, Self.mostThreads)
        let bundle = try PlanBundle(path: plan)
        let instance = try PlanInstance(
            programs: bundle.programs, libraryPath: bundle.libraryPath, threads: threads,
            predictions: bundle.manifest.entries.map(\.prediction))
        return (bundle, instance)
    }
}
