import ArgumentParser
import CommandLineSupport
import Compilation
import Data
import Foundation
import Graph
import Report

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Writes a page about finished runs.",
        discussion: "A run is a folder written by dgrun train, dgrun ablate or dgrun sweep; of several seeds the means are shown, "
            + "too. The page shows test results, learning curves, the components of the loss, confusion matrix, accuracy per "
            + "class, results over settings such as alpha and beta where runs differ in them, the gap between text and vision "
            + "before and after training, and the transport plan between prototypes. The models are compiled from the runs' "
            + "specifications and run on the test part of their data.")

    @Argument(help: ArgumentHelp("Folders of runs, of ablations or of sweeps.", valueName: "RUN"))
    var runs: [String]

    @Option(help: ArgumentHelp("The data set, where it is not any more where the runs found it.", valueName: "FILE"))
    var data: String?

    @Option(name: [.customShort("o"), .customLong("out")], help: ArgumentHelp("The page.", valueName: "PAGE.html"))
    var output: String

    @OptionGroup var threads: ThreadArguments

    func run() throws {
        try threads.check()
        try AtomicFile.check(output)
        let folders = try ReportedFolders(runs)
        var reader = RunReader(data: data, threads: threads.count)
        var reported: [ReportedRun] = []
        for folder in folders.all { reported.append(try reader.read(folder)) }
        let text = RunPage(reported, notes: folders.notes, settingOrder: folders.keys).html
        try AtomicFile.write(Array(text.utf8), to: output)
        print("\(output): \(reported.count) \(reported.count == 1 ? "run" : "runs"), \(text.utf8.count) bytes")
    }
}
