import ArgumentParser
import Graph
import Runtime

/// A plan and how many threads run it.
struct PlanArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The plan, a folder written by dgc compile.", valueName: "NAME.plan"))
    var plan: String

    @OptionGroup var threads: ThreadArguments

    /// Checks the numbers, which takes no time, before anything is read.
    func check() throws(Diagnostic) { try threads.check() }

    func open() throws(Diagnostic) -> (bundle: PlanBundle, instance: PlanInstance) { try threads.open(plan: plan) }
}
