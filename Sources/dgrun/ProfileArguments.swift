import ArgumentParser
import Graph
import Runtime

/// Where times of steps go, if anywhere.
struct ProfileArguments: ParsableArguments {
    @Option(help: ArgumentHelp(
        "Writes the times of every step on every thread as a Chrome trace, for Perfetto or dgc view.", valueName: "P.json"))
    var profile: String?

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "How many runs of entries the profile shows, after two that are left out where there are more.", valueName: "N"))
    var profileSteps: Int = 4

    private static let counts = 1...1000

    /// Checks the numbers, which takes no time, before anything is read.
    func check() throws(Diagnostic) {
        try ArgumentRange.check("--profile-steps", profileSteps, Self.counts)
    }

    /// - Parameter title: what the process is called in the file.
    func recorder(title: String) throws(Diagnostic) -> ProfileRecorder? {
        guard let profile else { return nil }
        return try ProfileRecorder(path: profile, limit: profileSteps, title: title)
    }
}
