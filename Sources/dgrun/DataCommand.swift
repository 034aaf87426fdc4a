import ArgumentParser
import Data
import Graph
import Runtime

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Shows what a data file holds, or converts it.",
        discussion: "Reads .npz, .pkl (MMSA's feature files; nothing in them is executed) and .safetensors. Shown are parts, "
            + "arrays, types, shapes, values that are not finite, and the labels' distribution; warnings say what would go "
            + "wrong in training or may mislead. The exit code is 1 where the file cannot be trained on.")

    @Argument(help: ArgumentHelp("The data file.", valueName: "FILE"))
    var file: String

    @Option(help: ArgumentHelp(
        "Writes features (as f32), labels and ids to this file instead, which maps into memory and opens at once.",
        valueName: "FILE.npz"))
    var to: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        if let to {
            if json {
                throw Diagnostic("arguments.option", "--json", "the option has no effect where a file is converted")
            }
            try FlatDataset.checkName(to)
            let unused = try FlatDataset.convert(file, to: to)
            print("\(to): features, labels and ids of \(file)")
            if !unused.isEmpty { print("left out: \(unused.joined(separator: ", "))") }
            return
        }
        let report = try DatasetReport(path: file)
        print(json ? DataReportText.json(report) : DataReportText.table(report))
        if report.obstacle != nil { throw ExitCode(1) }
    }
}
