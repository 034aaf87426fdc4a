import Graph

extension DiagnosticArea {
    static let ablation = DiagnosticArea(
        "ablate", "`dgrun ablate`",
        [
            DiagnosticPage(
                "ablate.row", "There is no such row.",
                when: "`--rows` names something that is no part of the model, or one twice.",
                fix: "Write names from the message between commas; parts that one row leaves out together stand with + between: "
                    + "`--rows full,mfd,hete+homo`.")
        ])

    static let sweep = DiagnosticArea(
        "sweep", "`dgrun sweep`",
        [
            DiagnosticPage(
                "sweep.grid", "The grid cannot be read.",
                when: "A value is empty or stands twice, stands before any key, or a key stands twice.",
                fix: "Write each key with its values: `--grid alpha=0.01,0.05,beta=0.01,0.05`."),
            DiagnosticPage(
                "sweep.size", "The grid has too many combinations.", when: "The numbers of values multiply to more than 10000.",
                fix: "Leave out values, or sweep one key after the other."),
        ])

    static let study = DiagnosticArea(
        "study", "folders of `dgrun ablate` and `dgrun sweep`",
        [
            DiagnosticPage(
                "study.compiler", "dgc was not found.", when: "It stands neither beside dgrun nor on the path.",
                fix: "Put dgc into the folder of dgrun."),
            DiagnosticPage(
                "study.description", "The file does not describe a study.",
                when: "`study.json` was changed, or is of another version.",
                fix: "Start the study again in another folder."),
            DiagnosticPage(
                "study.different", "The folder has another study.",
                when: "The rows, seeds, data or other options are not those that it was started with.",
                fix: "Give the same options, or another folder; `--resume` alone goes on with what is there."),
            DiagnosticPage(
                "study.missing", "There is no study to go on with.", when: "`--resume` names a folder without `study.json`.",
                fix: "Name the folder that `--out` named."),
            .bug("study.writing", "A study's description cannot be written as JSON."),
        ])
}
