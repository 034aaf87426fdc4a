import ArgumentParser
import CommandLineSupport
import Data
import Foundation
import Graph
import Runtime

struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Predicts the labels of samples.",
        discussion: "The samples are a part of a data set, or all of a file with the arrays text, audio and vision (and ids and "
            + "labels where there are): [samples, time, features], or [time, features] for a single one. Any number of samples "
            + "goes through any plan; a prediction does not depend on the samples beside it. Without -o a table of "
            + "comma-separated values goes to stdout.")

    enum Part: String, ExpressibleByArgument, CaseIterable {
        case train, valid, test
    }

    @OptionGroup var plan: PlanArguments

    @Option(help: ArgumentHelp("The weights, such as RUN/best.safetensors.", valueName: "W.safetensors"))
    var weights: String

    @Option(help: ArgumentHelp("A data set, or samples.", valueName: "FILE"))
    var data: String

    @Option(help: "Which part of the data set.")
    var split: Part = .test

    @Option(help: ArgumentHelp(
        "The data set that the weights were trained on, whose numbers standardise samples; only where the plan standardises.",
        valueName: "FILE"))
    var trainData: String?

    @Option(name: [.customShort("o"), .customLong("out")], help: ArgumentHelp(
        "A table, or the arrays ids, predictions, logits and labels.", valueName: "P.csv|P.npz"))
    var output: String?

    @Flag(help: "Measure the batches: runs at least 100 of them and prints median and 95th percentile.")
    var latency = false

    private static let latencyCount = 100

    func run() throws {
        try plan.check()
        if let output { try Prediction.checkOutput(output) }
        let (bundle, instance) = try plan.open()
        guard let training = bundle.manifest.training else {
            throw Diagnostic(
                "plan.kind", plan.plan, "the plan holds a plain graph and predicts no labels",
                expected: "a plan of a specification")
        }
        let store = ParameterStore(bundle.manifest)
        let values = try store.matching(Safetensors.read(path: weights), file: weights)
        var (dataset, hasLabels) = try dataset(training)
        let runner = BatchRunner(bundle, EntryRunner(instance), file: data)
        try runner.check(dataset)
        // Some protocols take another part for validation; parts are meant as the file has them.
        dataset.test = dataset[part]
        for note in dataset.notes { CommandStream.errors.write("note: \(note)\n") }
        let samples = try training.prepare(dataset).test
        try store.load(values, into: instance, entry: 0)
        let prediction = try Prediction.run(runner, samples, hasLabels: hasLabels)
        if let output {
            try prediction.write(to: output)
        } else {
            CommandStream.output.write(prediction.csv)
        }
        if latency {
            Self.report(try Prediction.latency(runner, samples, count: Self.latencyCount), toOutput: output != nil)
        }
    }

    private var part: Dataset.Part {
        switch split {
        case .train: .train
        case .valid: .valid
        case .test: .test
        }
    }

    /// The data set, or one that has the samples in place of its parts.
    private func dataset(_ training: TrainingConfiguration) throws(Diagnostic) -> (dataset: Dataset, hasLabels: Bool) {
        guard try SampleFile.isOne(data) else {
            var dataset = try Dataset.load(path: data, labels: training.labels)
            // Of other parts nothing is predicted.
            let others = Dataset.Part.allCases.filter { $0 != part }.map(\.rawValue)
            if training.standardizedModalities.isEmpty {
                dataset.notes.removeAll { note in others.contains { note.hasPrefix("\($0)_") } }
            }
            return (dataset, true)
        }
        let file = try SampleFile(path: data)
        guard !training.standardizedModalities.isEmpty else {
            let samples = file.samples
            return (Dataset(train: samples, valid: samples, test: samples, notes: file.notes), file.hasLabels)
        }
        guard let trainData else {
            throw Diagnostic(
                "predict.standardization", data,
                "the plan standardises features by numbers of the training data, which samples do not have",
                expected: "--train-data and the data set that the weights were trained on")
        }
        var dataset = try Dataset.load(path: trainData, labels: training.labels)
        for part in [Dataset.Part.valid, .test] { dataset[part] = file.samples }
        dataset.notes = file.notes
        return (dataset, file.hasLabels)
    }

    /// Beside a table on stdout the figures go to stderr.
    private static func report(_ latency: Latency, toOutput: Bool) {
        let text = String(
            format: "latency of %d batches: median %.3f ms, 95th percentile %.3f ms; %.0f samples/s\n", latency.batchCount,
            latency.percentile(0.5) * 1e3, latency.percentile(0.95) * 1e3, latency.samplesPerSecond)
        (toOutput ? CommandStream.output : .errors).write(text)
    }
}
