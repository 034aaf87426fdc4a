import ArgumentParser
import Graph
import Runtime

/// What is watched while entries run.
struct WatchArguments: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Writes the times of every step on every thread as a Chrome trace, for Perfetto or dgc view.", valueName: "P.json"))
    var profile: String?

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "How many runs of entries the profile shows, after two that are left out where there are more.", valueName: "N"))
    var profileSteps: Int = 4

    @OptionGroup var finiteness: FiniteArguments

    private static let counts = 1...1000

    /// Checks the arguments, which takes no time, before anything is read.
    func check() throws(Diagnostic) {
        try ArgumentRange.check("--profile-steps", profileSteps, Self.counts)
        guard profile != nil, finiteness.checkFinite else { return }
        throw Diagnostic(
            "arguments.option", "--profile", "the check takes time, which would stand in the profile",
            expected: "--profile or --check-finite")
    }

    /// - Parameters:
    ///   - title: what the process is called in a profile.
    ///   - interval: see `FiniteCheck`.
    func runner(
        _ bundle: PlanBundle, _ instance: PlanInstance, title: String, interval: Int = 1
    ) throws(Diagnostic) -> EntryRunner {
        guard let profile else { return finiteness.runner(bundle, instance, interval: interval) }
        return EntryRunner(instance, watch: .profile(try ProfileRecorder(path: profile, limit: profileSteps, title: title)))
    }
}

/// Whether numbers that are not finite are looked for.
struct FiniteArguments: ParsableArguments {
    @Flag(help: "Stop at the first number that is not finite, and say which step makes it from what; exit code 1.")
    var checkFinite = false

    func runner(_ bundle: PlanBundle, _ instance: PlanInstance, interval: Int = 1) -> EntryRunner {
        EntryRunner(instance, watch: checkFinite ? .finite(FiniteCheck(bundle, instance, interval: interval)) : .none)
    }
}
