import ArgumentParser
import Data
import Graph
import Runtime

/// What decides a training beside the plan and the data.
struct TrainingArguments: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Decides first values, order and dropped elements; without it, the specification's.", valueName: "N"))
    var seed: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Trains with several seeds one after the other, in RUN/seed-N, and gives mean and deviation.", valueName: "N,N,…"))
    var seeds: SeedList?

    @Option(parsing: .unconditional, help: ArgumentHelp("The most epochs; without it, the specification's.", valueName: "N"))
    var epochs: Int?

    @Option(name: .customLong("init"), help: ArgumentHelp(
        "First values of the parameters, such as the weights of another run.", valueName: "W.safetensors"))
    var initial: String?

    @Option(help: ArgumentHelp(
        "Which epoch is tested: best (by the selection metric on valid) or last (a fixed number of epochs); without it, best."))
    var select: Trainer.Selection?

    @Flag(help: "Keep the file's order of samples.")
    var noShuffle = false

    @Flag(help: "Record the loss of every step in metrics.jsonl.")
    var logSteps = false

    @Flag(help: "Write the metrics for TensorBoard, too.")
    var tensorboard = false

    func check() throws(Diagnostic) {
        try ArgumentRange.check("--seed", seed, ArgumentRange.seeds)
        try seeds?.check()
        try ArgumentRange.check("--epochs", epochs, ArgumentRange.counts)
    }

    /// The options of a run; what is not given is as in the run that is resumed, or as the specification says.
    func options(
        _ training: TrainingConfiguration, resumed: RunDescription.Options?
    ) throws(Diagnostic) -> RunDescription.Options {
        var file = resumed?.initial
        if let initial { file = try RunDescription.DataFile(path: initial) }
        let seeds = seeds?.seeds ?? (seed == nil ? resumed?.seeds : nil)
        return RunDescription.Options(
            seed: seed ?? seeds?.first ?? resumed?.seed ?? training.seed, seeds: seeds,
            epochs: epochs ?? resumed?.epochs ?? training.epochs, shuffle: noShuffle ? false : resumed?.shuffle ?? true,
            selection: select ?? resumed.flatMap { Trainer.Selection(rawValue: $0.selection) } ?? .best, initial: file,
            logSteps: logSteps || resumed?.logSteps == true, tensorboard: tensorboard || resumed?.tensorboard == true)
    }
}

/// Seeds as they are typed, `1111,1112`.
struct SeedList: ExpressibleByArgument {
    var seeds: [Int]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        let seeds = parts.compactMap { Int($0) }
        guard seeds.count == parts.count else { return nil }
        self.seeds = seeds
    }

    /// - Throws: `arguments.range`, or `arguments.option` where a seed stands twice.
    func check() throws(Diagnostic) {
        for (index, seed) in seeds.enumerated() {
            try ArgumentRange.check("--seeds", seed, ArgumentRange.seeds)
            guard !seeds[..<index].contains(seed) else {
                throw Diagnostic(
                    "arguments.option", "--seeds", "a seed is given twice", expected: "different seeds", found: "\(seed) twice")
            }
        }
    }
}

extension Trainer.Selection: ExpressibleByArgument {}
