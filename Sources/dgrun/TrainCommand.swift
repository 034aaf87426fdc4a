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
            + "specification. Same plan, data and seed: same bits, for any number of threads.")

    @OptionGroup var plan: PlanArguments

    @Option(help: ArgumentHelp("A data set: .npz, .pkl or .safetensors.", valueName: "FILE"))
    var data: String

    @Option(help: ArgumentHelp("The folder for metrics.jsonl, best.safetensors and last.safetensors.", valueName: "RUN"))
    var out: String

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Decides first values, order and dropped elements; without it, the specification's.", valueName: "N"))
    var seed: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("The most epochs; without it, the specification's.", valueName: "N"))
    var epochs: Int?

    @Option(name: .customLong("init"), help: ArgumentHelp(
        "First values of the parameters, such as the weights of another run.", valueName: "W.safetensors"))
    var initial: String?

    @Option(help: "Which epoch is tested: best (by the selection metric on valid) or last (a fixed number of epochs).")
    var select: Trainer.Selection = .best

    @Flag(help: "Keep the file's order of samples.")
    var noShuffle = false

    @Flag(help: "Record the loss of every step in metrics.jsonl.")
    var logSteps = false

    @Flag(help: "End with one line of JSON instead of tables.")
    var json = false

    @OptionGroup var profile: ProfileArguments

    func run() throws {
        try profile.check()
        try ArgumentRange.check("--seed", seed, ArgumentRange.seeds)
        try ArgumentRange.check("--epochs", epochs, ArgumentRange.counts)
        let (bundle, instance) = try plan.open()
        guard let training = bundle.manifest.training else {
            throw Diagnostic(
                "plan.kind", plan.plan, "the plan holds a plain graph and cannot be trained",
                expected: "a plan of a specification")
        }
        let loaded = try Dataset.load(path: data, labels: training.labels)
        if !json { for note in loaded.notes { print("note: \(note)") } }
        let entries = EntryRunner(instance, profile: try profile.recorder(title: "dgrun train \(plan.plan)"))
        let runner = BatchRunner(bundle, entries, file: data)
        try runner.check(loaded)
        let dataset = try training.prepare(loaded)
        var options = Trainer.Options(seed: seed ?? training.seed, epochs: epochs ?? training.epochs)
        options.shuffle = !noShuffle
        options.selection = select
        let trainer = try Trainer(runner, options: options)
        try trainer.check(dataset)
        let weights = try firstValues(bundle, seed: options.seed)
        let folder = try RunFolder(path: out)
        let metadata = ["format": "dg", "model": bundle.manifest.model, "seed": "\(options.seed)"]
        let path = out
        let result = try withExtendedLifetime(Interruption { RunFolder.discardUnfinished(path) }) { () throws(Diagnostic) in
            do throws(Diagnostic) {
                return try trainer.run(dataset, from: weights) { epoch, values throws(Diagnostic) in
                    try folder.record(epoch, values, logSteps: logSteps, metadata: metadata)
                    if !json { print(Self.line(epoch)) }
                }
            } catch {
                folder.discardIfEmpty()
                throw error
            }
        }
        try entries.finish()
        print(json ? JSONLine.result(result) : Self.table(result))
    }

    private func firstValues(_ bundle: PlanBundle, seed: Int) throws(Diagnostic) -> [String: HostTensor] {
        let store = ParameterStore(bundle.manifest)
        guard let initial else { return store.initialValues(seed: seed) }
        let values = try store.matching(Safetensors.read(path: initial), file: initial)
        try store.checkFinite(values, file: initial)
        return values
    }

    private static func line(_ epoch: Trainer.Epoch) -> String {
        let metrics = epoch.valid.metrics.entries.map { "\($0.name) \(String(format: "%.4f", $0.value))" }
        return String(format: "epoch %3d  train %.4f  valid %.4f  ", epoch.number, epoch.trainLoss, epoch.valid.loss)
            + metrics.joined(separator: "  ") + String(format: "  lr %g  %.1f s", epoch.learningRate, epoch.seconds)
            + (epoch.isBest ? "  *" : "")
    }

    private static func table(_ result: Trainer.Result) -> String {
        let rows = [("loss", result.test.loss)] + result.test.metrics.entries.map { ($0.name, $0.value) }
        let lines = rows.map { name, value in "  " + name.padding(toLength: 12, withPad: " ", startingAt: 0) + String(format: "%8.4f", value) }
        return "test, epoch \(result.testedEpoch) of \(result.epochs.count), \(String(format: "%.1f", result.seconds)) s\n"
            + lines.joined(separator: "\n")
    }
}

extension Trainer.Selection: ExpressibleByArgument {}
