import ArgumentParser
import Data
import Foundation
import Graph
import Runtime

/// A plan and how many threads run it.
struct PlanArguments: ParsableArguments {
    @Argument(help: "The plan, a folder NAME.plan.")
    var plan: String

    @Option(help: "Threads; without it, one for each processor.")
    var threads: Int?

    func open() throws(Diagnostic) -> (bundle: PlanBundle, instance: PlanInstance) {
        let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        guard (1...256).contains(threads) else {
            throw Diagnostic("arguments.threads", "--threads", "number of threads", expected: "1...256", found: "\(threads)")
        }
        let bundle = try PlanBundle(path: plan)
        return (bundle, try PlanInstance(programs: bundle.programs, libraryPath: bundle.libraryPath, threads: threads))
    }
}
