import ArgumentParser

/// What a training shows while it runs, and at its end.
struct DisplayArguments: ParsableArguments {
    /// How the steps of an epoch are shown, on stderr.
    enum Progress: String, ExpressibleByArgument, CaseIterable {
        /// A bar on a terminal, else lines.
        case auto
        /// A line twice a minute, so that a short run has none.
        case plain
        case bar
        case off
    }

    @Option(help: "How the steps of an epoch are shown on stderr: auto is a bar on a terminal, else a line twice a minute.")
    var progress: Progress = .auto

    @Flag(help: "Print nothing but errors, and with --json the result.")
    var quiet = false

    @Flag(help: "End with one line of JSON instead of tables.")
    var json = false
}
