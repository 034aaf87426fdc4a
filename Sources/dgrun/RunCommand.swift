import ArgumentParser
import Data
import Graph
import Runtime

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs one entry of a plan on tensors from a file.",
        discussion: "The file has text, audio, vision, label, or the inputs of a plain graph, and parameters by name. The "
            + "entry is the one for the batch that text has. Written are the entry's outputs: logits, final_rep, loss.*, "
            + "of grad also grad.NAME and grad_norm, of train the updated parameters and grad_norm.")

    enum Entry: String, ExpressibleByArgument, CaseIterable {
        case infer, loss, grad, train
    }

    @OptionGroup var plan: PlanArguments

    @Option(help: "Which entry of a model; the plan of a plain graph has only one, and takes none.")
    var entry: Entry?

    @Option(name: .customLong("in"), help: ArgumentHelp(
        "Inputs and parameters by name; a graph without data inputs needs none.", valueName: "A.safetensors"))
    var input: String?

    @Option(name: .customLong("out"), help: ArgumentHelp("The file for the outputs.", valueName: "B.safetensors"))
    var output: String

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "First values of missing parameters, and the key of dropped elements; without it, the specification's.",
        valueName: "N"))
    var seed: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "The learning rate of a train step; without it, the specification's.", valueName: "RATE"))
    var learningRate: Double?

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Runs the entry this many times; parameters and optimizer state go on.", valueName: "N"))
    var steps: Int = 1

    @OptionGroup var watch: WatchArguments

    func run() throws {
        try checkNumbers()
        let (bundle, instance) = try plan.open()
        let runner = try watch.runner(bundle, instance, title: "dgrun run \(plan.plan)")
        let session = RunSession(
            bundle: bundle, runner: runner, file: input ?? "--in", seed: seed ?? bundle.manifest.training?.seed ?? 0,
            learningRate: learningRate ?? bundle.manifest.training?.learningRate ?? 0)
        let tensors = try input.map { path throws(Diagnostic) in try Safetensors.read(path: path) } ?? [:]
        try AtomicFile.check(output)
        let outputs = try session.run(kind(bundle), tensors, steps: steps)
        try runner.finish()
        try Safetensors.write(outputs, metadata: ["format": "dg"], to: output)
    }

    private func checkNumbers() throws(Diagnostic) {
        try watch.check()
        try ArgumentRange.check("--seed", seed, ArgumentRange.seeds)
        try ArgumentRange.check("--steps", steps, ArgumentRange.counts)
        guard let learningRate, !(learningRate >= 0 && learningRate.isFinite) else { return }
        throw Diagnostic(
            "arguments.range", "--learning-rate", "the number is out of range", expected: "0 or more", found: "\(learningRate)")
    }

    /// Only a plain graph runs without a choice.
    private func kind(_ bundle: PlanBundle) throws(Diagnostic) -> PlanManifest.EntryKind {
        let isPlainGraph = bundle.manifest.training == nil
        guard let entry else {
            if isPlainGraph { return .graph }
            throw Diagnostic(
                "arguments.entry", plan.plan, "a model's plan has several entries",
                expected: "--entry " + Entry.allCases.map(\.rawValue).joined(separator: "|"))
        }
        guard !isPlainGraph, let kind = PlanManifest.EntryKind(rawValue: entry.rawValue) else {
            throw Diagnostic(
                "arguments.entry", plan.plan, "the plan holds a plain graph, which has only one entry",
                expected: "no --entry", found: "--entry \(entry.rawValue)")
        }
        return kind
    }
}
