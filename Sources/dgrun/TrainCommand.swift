import ArgumentParser
import CommandLineSupport
import Data
import Foundation
import Graph
import Runtime

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a plan on a data set and tests its best epoch.",
        discussion: "The learning rate's schedule, early stopping and the selection of the best epoch follow the "
            + "specification. Same plan, data and seed: same bits, for any number of threads. The folder has metrics.jsonl "
            + "and metrics.csv, best.safetensors and last.safetensors (the weights), state.safetensors (all that is needed "
            + "to go on), run.json and spec.json (what the run was started with) and at the end result.json. A run that was "
            + "interrupted, at whatever moment, goes on with --resume RUN as if nothing had happened, to the same bits; plan, "
            + "data and options are those of the run.")

    @Argument(help: ArgumentHelp("The plan, a folder written by dgc compile.", valueName: "NAME.plan"))
    var plan: String?

    @OptionGroup var threads: ThreadArguments

    @Option(help: ArgumentHelp("A data set: .npz, .pkl or .safetensors.", valueName: "FILE"))
    var data: String?

    @Option(help: ArgumentHelp("The folder for a new run.", valueName: "RUN"))
    var out: String?

    @Flag(help: "Replace the run that is in the folder.")
    var overwrite = false

    @Option(help: ArgumentHelp("Go on with a run; one that is over shows its result.", valueName: "RUN"))
    var resume: String?

    @OptionGroup var training: TrainingArguments

    @OptionGroup var display: DisplayArguments

    @OptionGroup var watch: WatchArguments

    /// A step of training looks at a sixteenth of the values that do not outlive it: looking at all would take a tenth of its time.
    private static let checkInterval = 16

    func validate() throws {
        if resume == nil {
            for (name, value) in [("NAME.plan", plan), ("--data <FILE>", data), ("--out <RUN>", out)] where value == nil {
                throw ValidationError("Missing expected argument '\(name.hasPrefix("-") ? name : "<\(name)>")'")
            }
        } else if out != nil || overwrite {
            throw ValidationError("--resume names the folder of the run; --out and --overwrite are for a new one")
        }
        if training.seed != nil && training.seeds != nil { throw ValidationError("--seed and --seeds exclude each other") }
    }

    func run() throws {
        try training.check()
        try watch.check()
        try threads.check()
        let older = try resume.map { path throws(Diagnostic) in try RunFolder.open(path: path) }
        if let out, !overwrite { try RunFolder.checkIsFree(out) }
        let recorded = try older?.description()
        let planPath = plan ?? recorded?.plan.path ?? ""
        let dataPath = data ?? recorded?.data.path ?? ""
        let (bundle, instance) = try threads.open(plan: planPath)
        let entries = try watch.runner(bundle, instance, title: "dgrun train \(planPath)", interval: Self.checkInterval)
        let session = try TrainingSession(bundle, entries, data: dataPath)
        let request = StopRequest()
        let report = TrainingDisplay(display, request)
        for note in session.notes { report.show(note: note) }
        let description = RunDescription(
            command: CommandLine.arguments, plan: RunDescription.Plan(bundle), data: try RunDescription.DataFile(path: dataPath),
            options: try training.options(session.configuration, resumed: recorded?.options),
            machine: RunDescription.Machine(threads: instance.threads))
        if let older { try description.checkContinues(older, bundle) }
        try session.check(description.options)
        let folder = try older ?? RunFolder.create(path: out ?? "", overwrite: overwrite)
        let runs = TrainingRuns(session: session, description: description, report: report)
        let folders = runs.folders(in: folder.path)
        let ending = try withExtendedLifetime(Interruption(request: request) { RunFolder.discardUnfinished(folders) }) {
            () throws(Diagnostic) in try runs.run(in: folder, isResumed: older != nil)
        }
        try entries.finish()
        guard let ending else { Self.end(request, folder.path) }
        report.show(ending)
    }

    /// After a signal, where the run has been saved.
    private static func end(_ request: StopRequest, _ path: String) -> Never {
        CommandStream.errors.write("go on with: dgrun train --resume \(path)\n")
        Interruption.end(by: request.signal ?? SIGINT)
    }
}
