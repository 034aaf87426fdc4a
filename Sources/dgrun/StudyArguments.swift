import ArgumentParser
import CommandLineSupport
import Data
import Foundation
import Graph
import Models
import Runtime
import Studies

/// What `ablate` and `sweep` have in common.
struct StudyArguments: ParsableArguments {
    @Option(help: ArgumentHelp("A data set: .npz, .pkl or .safetensors.", valueName: "FILE"))
    var data: String?

    @Option(help: ArgumentHelp("The folder for plans, runs and results; a study that is there goes on.", valueName: "FOLDER"))
    var out: String?

    @Option(help: ArgumentHelp("Go on with a study; one that is over shows its results.", valueName: "FOLDER"))
    var resume: String?

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "The seeds that everything is trained with; without them, the specification's.", valueName: "N,N,…"))
    var seeds: SeedList?

    @Option(parsing: .unconditional, help: ArgumentHelp("The most epochs; without it, the specification's.", valueName: "N"))
    var epochs: Int?

    @Option(help: ArgumentHelp(
        "Which epoch is tested: best (by the selection metric on valid) or last (a fixed number of epochs)."))
    var select: Trainer.Selection = .best

    @Option(name: .customLong("set"), parsing: .unconditionalSingleValue, help: ArgumentHelp(
        "Overrides a key of the specification for all; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Trainings at the same time; without it, one for each processor, of one thread each.", valueName: "N"))
    var jobs: Int?

    @Flag(help: "End with the JSON of table.json instead of a table.")
    var json = false

    @Flag(help: "Print nothing but errors and the results.")
    var quiet = false

    /// - Parameters:
    ///   - source: the specification.
    ///   - own: the command's own options that only a new study takes, if given.
    func validate(_ source: String?, own: [(name: String, isGiven: Bool)]) throws {
        guard resume != nil else {
            for (name, value) in [("<SPEC>", source), ("--data <FILE>", data), ("--out <FOLDER>", out)] where value == nil {
                throw ValidationError("Missing expected argument '\(name)'")
            }
            return
        }
        let given = own + [
            ("SPEC", source != nil), ("--data", data != nil), ("--out", out != nil), ("--seeds", seeds != nil),
            ("--epochs", epochs != nil), ("--set", !overrides.isEmpty),
        ]
        if let first = given.first(where: \.isGiven) {
            throw ValidationError("--resume names a study that has all of its options; \(first.name) is for a new one")
        }
    }

    func check() throws(Diagnostic) {
        try seeds?.check()
        try ArgumentRange.check("--epochs", epochs, ArgumentRange.counts)
        try ArgumentRange.check("--jobs", jobs, 1...256)
    }

    var display: StudyDisplay { StudyDisplay(isQuiet: quiet || json) }

    func specification(_ source: String) throws(Diagnostic) -> ModelSpec { try ModelSpec.load(source, overrides: overrides) }

    /// The folder of a new study, or of the same one.
    func create(
        _ kind: StudyDescription.Kind, _ source: String, _ spec: ModelSpec, _ variants: [StudyVariant],
        axes: [StudyGrid.Axis] = []
    ) throws(Diagnostic) -> (StudyDescription, StudyFolder) {
        let data = data ?? ""
        // What is wrong with the data is wrong for every variant.
        _ = try Dataset.load(
            path: data, labels: spec.objective.trainMode == .classification ? .classification : .regression, reading: .sizes)
        let metrics = spec.metrics.filter { $0 != .taskLoss }
        let description = StudyDescription(
            kind: kind, source: source, data: try RunDescription.DataFile(path: data), seeds: seeds?.seeds ?? [spec.training.seed],
            epochs: epochs, selection: select, axes: axes, variants: variants,
            metrics: metrics.map { StudyDescription.Metric(name: $0.rawValue, goal: $0.goal == .min ? .min : .max) })
        return (description, try StudyFolder.create(path: out ?? "", description, specification: spec.resolvedJSON))
    }

    /// The folder of a study that was started before.
    func open(_ kind: StudyDescription.Kind, _ path: String) throws(Diagnostic) -> (StudyDescription, StudyFolder) {
        let folder = try StudyFolder.open(path: path)
        let description = try folder.description()
        guard description.kind == kind else {
            throw Diagnostic(
                "study.different", path, "the folder has another kind of study",
                expected: "dgrun \(description.kind.command) --resume", found: "dgrun \(kind.command) --resume")
        }
        let data = try RunDescription.DataFile(path: description.data.path)
        guard data.fingerprint == description.data.fingerprint else {
            throw Diagnostic(
                "study.different", path, "the data are not those that the study was started with",
                expected: "\(description.data.fingerprint.bytes) bytes with checksum \(description.data.fingerprint.checksum)",
                found: "\(data.fingerprint.bytes) bytes with checksum \(data.fingerprint.checksum) in \(data.path)")
        }
        return (description, folder)
    }

    /// Does the work and shows the results.
    ///
    /// - Throws: exit code 2 where a run has failed.
    func run(_ description: StudyDescription, _ folder: StudyFolder) throws {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let count = description.variants.count * description.seeds.count
        let jobs = max(1, min(jobs ?? processors, count))
        let runner = try StudyRunner(
            description, folder, StudyRunner.Tools.find(), jobs: jobs, threads: max(1, processors / jobs))
        let display = display
        display.show(runner, jobs: jobs)
        let request = StopRequest()
        try withExtendedLifetime(Interruption(request: request) { runner.stop(SIGTERM) }) {
            let watch = DispatchSource.makeTimerSource(queue: .global())
            watch.setEventHandler { if request.signal != nil { runner.stop(SIGTERM); watch.cancel() } }
            watch.schedule(deadline: .now(), repeating: .milliseconds(50))
            watch.activate()
            runner.run { display.show($0) }
            watch.cancel()
            let table = StudyTable(description, runs: runner.runs)
            try folder.write(table)
            if let signal = request.signal { display.end(by: signal, description, folder.path) }
            CommandStream.output.write(json ? table.json : table.text)
            display.showFiles(folder.path)
            if table.hasFailed { throw ExitCode(2) }
        }
    }
}
