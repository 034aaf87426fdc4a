import ArgumentParser
import Graph
import Passes

/// How numbers are compared.
struct CheckArguments: ParsableArguments {
    @Option(help: "The seed of the random inputs.")
    var seed = 1

    @Option(help: ArgumentHelp(
        "How much a value may change, in units of its largest element; what rounding explains is allowed in addition.",
        valueName: "number"))
    var tolerance = PassCheck.defaultTolerance

    func check() throws(Diagnostic) -> PassCheck {
        guard tolerance >= 0, tolerance.isFinite else {
            throw Diagnostic(
                "arguments.range", "--tolerance", "a tolerance is a number, at least 0", expected: "such as 1e-5", found: "\(tolerance)")
        }
        return PassCheck(seed: seed, tolerance: tolerance)
    }
}
