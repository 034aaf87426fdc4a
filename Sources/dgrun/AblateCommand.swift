import ArgumentParser
import Graph
import Models
import Studies

struct AblateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ablate", abstract: "Trains a model without each of its parts, and compares.",
        discussion: "The parts are those of tables 3 and 4 of arXiv 2503.11892: mfd (feature decoupling), hete and homo (the two "
            + "alignments), proto_ot (optimal transport between prototypes), ct (contrastive loss), sem (moments), mmd (maximum "
            + "mean discrepancy). Several trainings run at a time. The folder has a folder for each row with its plan and runs, "
            + "and table.csv, table.json, table.md and figure.svg. The same command again, or --resume FOLDER, goes on with a "
            + "study that was interrupted, to the same bits. A row that fails says why, and the others go on; the exit code is "
            + "2 then.")

    @Argument(help: ArgumentHelp("A specification (SPEC.json), or one of mosi, mosei, sims, iemocap.", valueName: "SPEC"))
    var source: String?

    @Option(help: ArgumentHelp(
        "The rows, some of full, mfd, hete, homo, proto_ot, ct, sem, mmd; parts that one row leaves out together with + between. "
            + "Without it, all.", valueName: "ROW,ROW,…"))
    var rows: String?

    @OptionGroup var study: StudyArguments

    func validate() throws { try study.validate(source, own: [("--rows", rows != nil)]) }

    func run() throws {
        try study.check()
        if let path = study.resume {
            let (description, folder) = try study.open(.ablation, path)
            return try study.run(description, folder)
        }
        let rows = try rows.map { text throws(Diagnostic) in try AblationRows(text) } ?? .standard
        let spec = try study.specification(source ?? "")
        for note in spec.notes + rows.notes(for: spec) { study.display.show(note: note) }
        let (description, folder) = try study.create(.ablation, source ?? "", spec, rows.variants(of: spec))
        try study.run(description, folder)
    }
}
