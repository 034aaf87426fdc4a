import ArgumentParser
import Data
import Foundation
import Graph
import Runtime

/// How many threads run a plan.
struct ThreadArguments: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Threads; without it, one for each processor. Results do not depend on it.", valueName: "N"))
    var threads: Int?

    private static let mostThreads = 256

    /// Checks the number, which takes no time, before anything is read.
    func check() throws(Diagnostic) {
        try ArgumentRange.check("--threads", threads, 1...Self.mostThreads)
    }

    var count: Int { threads ?? min(ProcessInfo.processInfo.activeProcessorCount, Self.mostThreads) }

    func open(plan: String) throws(Diagnostic) -> (bundle: PlanBundle, instance: PlanInstance) {
        try check()
        let bundle = try PlanBundle(path: plan)
        let instance = try PlanInstance(
            programs: bundle.programs, libraryPath: bundle.libraryPath, threads: count,
            predictions: bundle.manifest.entries.map(\.prediction))
        return (bundle, instance)
    }
}
