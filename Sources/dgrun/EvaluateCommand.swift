import ArgumentParser
import Data
import Foundation
import Graph
import Runtime

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Evaluates weights on a part of a data set.")

    enum Part: String, ExpressibleByArgument, CaseIterable {
        case valid, test
    }

    @OptionGroup var plan: PlanArguments

    @Option(help: ArgumentHelp("A data set: .npz, .pkl or .safetensors.", valueName: "FILE"))
    var data: String

    @Option(help: ArgumentHelp("The weights, such as RUN/best.safetensors.", valueName: "W.safetensors"))
    var weights: String

    @Option(help: "Which part of the data set.")
    var split: Part = .test

    @Flag(help: "Print one line of JSON.")
    var json = false

    @OptionGroup var finiteness: FiniteArguments

    func run() throws {
        let (bundle, instance) = try plan.open()
        guard let training = bundle.manifest.training else {
            throw Diagnostic(
                "plan.kind", plan.plan, "the plan holds a plain graph and cannot be evaluated",
                expected: "a plan of a specification")
        }
        let store = ParameterStore(bundle.manifest)
        let values = try store.matching(Safetensors.read(path: weights), file: weights)
        let loaded = try Dataset.load(path: data, labels: training.labels)
        let runner = BatchRunner(bundle, finiteness.runner(bundle, instance), file: data)
        try runner.check(loaded)
        let dataset = try training.prepare(loaded)
        try store.load(values, into: instance, entry: 0)
        let evaluation = try Evaluation.run(runner, split == .valid ? dataset.valid : dataset.test)
        if json {
            print(JSONLine.evaluation(evaluation, split: split.rawValue))
            return
        }
        print("\(split.rawValue), \(evaluation.sampleCount) samples")
        for (name, value) in [("loss", evaluation.loss)] + evaluation.metrics.entries.map({ ($0.name, $0.value) }) {
            print("  " + name.padding(toLength: 12, withPad: " ", startingAt: 0) + String(format: "%8.4f", value))
        }
    }
}
