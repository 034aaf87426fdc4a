import ArgumentParser
import Graph
import Models
import Studies

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Trains a model for every combination of some keys' values, and compares.",
        discussion: "Any keys of a specification can be swept: `--grid alpha=0.01,0.05,beta=0.01,0.05` has four combinations of the "
            + "weights that figure 7 of arXiv 2503.11892 varies. Several trainings run at a time. The folder has a folder for each combination "
            + "with its plan and runs, and table.csv, table.json, table.md and figure.svg (points over one key, heatmaps over "
            + "two). The same command again, or --resume FOLDER, goes on with a study that was interrupted, to the same bits. A "
            + "combination that fails says why, and the others go on; the exit code is 2 then.")

    @Argument(help: ArgumentHelp("A specification (SPEC.json), or one of mosi, mosei, sims, iemocap.", valueName: "SPEC"))
    var source: String?

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp(
        "Keys with their values; may be repeated.", valueName: "key=value,value,…"))
    var grid: [String] = []

    @OptionGroup var study: StudyArguments

    func validate() throws {
        try study.validate(source, own: [("--grid", !grid.isEmpty)])
        if study.resume == nil && grid.isEmpty { throw ValidationError("Missing expected argument '--grid <key=value,value,…>'") }
    }

    func run() throws {
        try study.check()
        if let path = study.resume {
            let (description, folder) = try study.open(.sweep, path)
            return try study.run(description, folder)
        }
        let grid = try StudyGrid(grid)
        let spec = try study.specification(source ?? "")
        for note in spec.notes { study.display.show(note: note) }
        let (description, folder) = try study.create(.sweep, source ?? "", spec, grid.variants(of: spec), axes: grid.axes)
        try study.run(description, folder)
    }
}
