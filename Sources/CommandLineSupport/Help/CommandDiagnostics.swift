import Graph

extension DiagnosticArea {
    static let arguments = DiagnosticArea(
        "arguments", "options and arguments of the commands",
        [
            DiagnosticPage(
                "arguments.batch", "`--batch` is no list of batch sizes.",
                when: "A size is no whole number, or out of range.",
                fix: "Write whole numbers between commas: `--batch 32,7`."),
            DiagnosticPage(
                "arguments.bytes", "An option is no number of bytes.", when: "`--max-memory` has another unit or a fraction.",
                fix: "Write a whole number, alone or before KiB, MiB or GiB: `--max-memory 512MiB`."),
            DiagnosticPage(
                "arguments.disable", "There is no such pass.", when: "`--disable` names something else.",
                fix: "Name one of the passes that the message lists."),
            DiagnosticPage(
                "arguments.entry", "`--entry` does not fit the plan.",
                when: "A plan of a model has several entries and none was chosen, or one was chosen in the plan of a plain "
                    + "graph, or the one that was chosen was not compiled.",
                fix: "Give `--entry infer`, `loss`, `grad` or `train` for models, and no entry for plain graphs."),
            DiagnosticPage(
                "arguments.option", "An option has no effect on this source.",
                when: "An option for specifications is given with a graph, an option of compilation with a finished plan, "
                    + "or the like.",
                fix: "Leave it out; the message says why it would do nothing."),
            DiagnosticPage(
                "arguments.percent", "An option is no part in percent.", when: "`--recompute` is below 0 or above 100.",
                fix: "Write a whole number from 0 to 100: `--recompute 50`."),
            DiagnosticPage(
                "arguments.passes", "Which passes to run is said twice.",
                when: "`dgc opt` is given both `--passes` and `--pipeline`.",
                fix: "Give one of them: `dgc opt a.dg --pipeline optimize,kernels`."),
            DiagnosticPage(
                "arguments.range", "A number is out of range.",
                when: "An option such as `--threads` or `--epochs` is too large or small.",
                fix: "Give a number in the range of the message."),
            DiagnosticPage(
                "arguments.stop-after", "There is no such place in the list of passes.",
                when: "`--stop-after` has a number that is too large, or a pass that is not in the list.",
                fix: "Give a number of passes, or the name of one of those that run."),
            DiagnosticPage(
                "arguments.topic", "There is no page of this name.", when: "`help` is asked for something else.",
                fix: "Give an id from a message, an area of `help --list`, or a subcommand."),
        ])

    static let bench = DiagnosticArea(
        "bench", "`dgrun bench`",
        [
            DiagnosticPage(
                "bench.entry", "The plan has no such entry.", when: "`--entry` or `--batch` names one that was not compiled.",
                fix: "Choose one of those that the message lists.")
        ])

    static let output = DiagnosticArea(
        "output", "what commands print",
        [
            DiagnosticPage(
                "output.lost", "Not everything that was printed could be written.",
                when: "Standard output goes to a file on a disk that is full, or to a program that has ended while SIGPIPE is ignored.",
                fix: "Make room and print again. Files that the command was asked to write are whole: they have messages of their own.")
        ])

    static let view = DiagnosticArea(
        "view", "`dgc view`",
        [
            .bug("view.data", "The data of a page cannot be written."),
            DiagnosticPage(
                "view.other-plan", "The profile is of another plan.",
                when: "The plan was compiled again after it was measured, or the profile has no run of the entries that are shown.",
                fix: "Measure again with `dgrun train --profile` or `dgrun run --profile`, or choose the entry that was measured."),
            DiagnosticPage(
                "view.output", "A page needs a file.", when: "Neither `-o` nor `--dot` is given.",
                fix: "Name the file: `-o report.html`."),
            DiagnosticPage(
                "view.plans", "One plan is shown, or two are compared.", when: "More than two are named.",
                fix: "Name one or two."),
            DiagnosticPage(
                "view.profile", "The file is no profile.", when: "It is no JSON, or lacks `traceEvents`.",
                fix: "Give a file that `dgrun --profile` has written."),
        ])
}

extension [DiagnosticArea] {
    /// Of the command lines themselves.
    public static var commands: [DiagnosticArea] {
        [.arguments, .bench, .output, .view, .ablation, .sweep, .study]
    }
}
