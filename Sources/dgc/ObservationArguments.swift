import ArgumentParser
import CommandLineSupport
import Compilation
import Foundation
import Graph
import Passes

/// What to show of the passes while they run.
struct ObservationArguments: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Writes what each pass gives to a numbered file, where it changed something; into an empty folder, or a new one.",
        valueName: "DIR"))
    var dumpDir: String?

    @Option(help: ArgumentHelp("Prints what a pass gives to standard error; may be repeated.", valueName: "pass"))
    var printAfter: [String] = []

    @Flag(help: "Prints how long each pass took, and what it did to the size, to standard error.")
    var timePasses = false

    @Flag(help: ArgumentHelp(
        "Runs the interpreter before and after each pass, on seeded random inputs, and stops at the first pass that changes "
            + "numbers beyond rounding; a small graph that shows it is written as the reproducer."))
    var verifyPasses = false

    @OptionGroup var checking: CheckArguments

    @Option(help: ArgumentHelp(
        "Where the input of a failing pass is written; never over a file that is there.", valueName: "FILE.dg"))
    var reproducer = "dgc-reproducer.dg"

    /// The options that need passes to run.
    var options: [(name: String, isGiven: Bool)] {
        [("--dump-dir", dumpDir != nil), ("--print-after", !printAfter.isEmpty), ("--time-passes", timePasses),
         ("--verify-passes", verifyPasses)]
    }

    var isGiven: Bool { options.contains(where: \.isGiven) }

    /// - Parameter perEntry: whether a plan's entries are dumped to folders of their own.
    func observation(perEntry: Bool) throws(Diagnostic) -> Observation {
        let names = PassRegistry.all.map(\.name)
        if let unknown = printAfter.first(where: { !names.contains($0) }) {
            throw Diagnostic(
                "passes.name", "--print-after", "there is no such pass", expected: "one of those that dgc passes lists",
                found: unknown)
        }
        let times = timePasses ? PassTimes() : nil
        var observers: [any PassObserver] = []
        if let times { observers.append(times) }
        if let dumpDir { observers.append(try PassDump(folder: dumpDir, perEntry: perEntry)) }
        if !printAfter.isEmpty { observers.append(PassPrinting(after: Set(printAfter), print: Self.printError)) }
        let reproducer = Reproducer(path: reproducer)
        observers.append(reproducer)
        let verification = verifyPasses
            ? PassVerification(check: try checking.check(), reproducer: reproducer) { Self.printError("note: \($0)\n") } : nil
        if let verification { observers.append(verification) }
        return Observation(observer: PassObservers(observers), times: times, verification: verification)
    }

    @Sendable static func printError(_ text: String) {
        CommandStream.errors.write(text)
    }

    /// The observers of one run of passes.
    struct Observation {
        let observer: PassObservers
        fileprivate let times: PassTimes?
        fileprivate let verification: PassVerification?

        /// Prints what is known when all passes have run, or have failed.
        func finish() {
            if let times { printError(times.table) }
        }

        /// Says that nothing was found.
        func succeed() {
            if let verification { printError("note: \(verification.summary)\n") }
        }
    }
}
