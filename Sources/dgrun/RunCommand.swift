import ArgumentParser
import Data
import Graph
import Runtime

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs one entry of a plan on tensors from a file.")

    enum Entry: String, ExpressibleByArgument, CaseIterable {
        case infer, loss, grad, train
    }

    @OptionGroup var plan: PlanArguments

    @Option(help: "infer, loss, grad or train; a plan of a plain graph needs none.")
    var entry: Entry?

    @Option(name: .customLong("in"), help: "Inputs and parameters by name, a safetensors file.")
    var input: String

    @Option(name: .customLong("out"), help: "The safetensors file for the outputs.")
    var output: String

    @Option(help: "First values of missing parameters, and the key of dropped elements.")
    var seed: Int?

    @Option(help: "The learning rate of a train step; without it, the specification's.")
    var learningRate: Double?

    @Option(help: "Runs the entry this many times; parameters and optimizer state go on.")
    var steps: Int = 1

    func run() throws {
        let (bundle, instance) = try plan.open()
        guard (1...1_000_000).contains(steps) else {
            throw Diagnostic("arguments.steps", "--steps", "number of steps", expected: "1 or more", found: "\(steps)")
        }
        let session = RunSession(
            bundle: bundle, instance: instance, file: input, seed: seed ?? bundle.manifest.training?.seed ?? 0,
            learningRate: learningRate ?? bundle.manifest.training?.learningRate ?? 0)
        let tensors = try Safetensors.read(path: input)
        let kind = entry.flatMap { PlanManifest.EntryKind(rawValue: $0.rawValue) } ?? .graph
        let outputs = try session.run(kind, tensors, steps: steps)
        try Safetensors.write(outputs, metadata: ["format": "dg"], to: output)
    }
}
