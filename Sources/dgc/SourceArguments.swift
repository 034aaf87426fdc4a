import ArgumentParser
import Compilation
import Data
import Foundation
import Graph
import Models
import Passes
import Runtime

/// What to compile: a specification (or a preset's name), with the data or sizes it is compiled for, or a graph as text.
struct SourceArguments: ParsableArguments {
    @Argument(help: ArgumentHelp(
        "A specification (SPEC.json, or one of mosi, mosei, sims, iemocap), or a graph (GRAPH.dg).", valueName: "source"))
    var source: String

    @Option(help: ArgumentHelp(
        "A data set (.npz, .pkl or .safetensors); gives the feature sizes, the batch sizes and class weights.",
        valueName: "FILE"))
    var data: String?

    @Option(name: .customLong("set"), parsing: .unconditionalSingleValue, help: ArgumentHelp(
        "Overrides a key of the specification; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Batch sizes to compile for; without it, the specification's and the remainders of the data set.",
        valueName: "N[,N...]"))
    var batch: String?

    @Option(help: ArgumentHelp(
        "Differentiates this scalar output of a graph by all floating inputs; adds the outputs grad.NAME.",
        valueName: "output"))
    var gradient: String?

    @Flag(help: "Compile every operation to a kernel of its own.")
    var unfused = false

    @Flag(help: "Give every tensor memory of its own.")
    var noReuse = false

    @Option(help: ArgumentHelp(
        "Leaves out a pass, one of \(PassRegistry.optionalNames.joined(separator: ", ")); may be repeated.",
        valueName: "pass"))
    var disable: [String] = []

    @Option(help: ArgumentHelp(
        "Computes this part of the layers, the earliest first, again for their gradients instead of keeping what they compute: "
            + "less memory for more time.", valueName: "percent"))
    var recompute: Int?

    /// How a source is compiled.
    enum Kind {
        case specification, graph, plan
    }

    /// Whether a path names a plan, there or not.
    static func isPlan(_ path: String) -> Bool {
        var isFolder = ObjCBool(false)
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : path.hasSuffix(".plan")
    }

    var kind: Kind {
        if Self.isPlan(source) { return .plan }
        return source.hasSuffix(".dg") ? .graph : .specification
    }

    func options() throws(Diagnostic) -> PlanCompiler.Options {
        var options = PlanCompiler.Options()
        options.disabled = try OptionalPasses.checked(disable)
        options.unfused = unfused
        options.noReuse = noReuse
        if let recompute {
            guard (0...100).contains(recompute) else {
                throw Diagnostic(
                    "arguments.percent", "--recompute", "the part of the layers is in percent",
                    expected: "a whole number from 0 to 100", found: "\(recompute)")
            }
            options.recomputed = recompute
        }
        return options
    }

    /// Refuses options that would have no effect, so that nobody believes that they had one.
    func checkOptions() throws(Diagnostic) {
        _ = try options()
        switch kind {
        case .specification: try refuse(graphOptions, "its entry grad has the gradients")
        case .graph: try refuse(specificationOptions, "a graph says everything itself")
        case .plan: try refuse(specificationOptions + graphOptions + passOptions, "a plan is compiled already")
        }
    }

    var passOptions: [(name: String, isGiven: Bool)] {
        [("--unfused", unfused), ("--no-reuse", noReuse), ("--disable", !disable.isEmpty), ("--recompute", recompute != nil)]
    }

    var graphOptions: [(name: String, isGiven: Bool)] { [("--gradient", gradient != nil)] }

    private var specificationOptions: [(name: String, isGiven: Bool)] {
        [("--data", data != nil), ("--set", !overrides.isEmpty), ("--batch", batch != nil)]
    }

    func refuse(_ options: [(name: String, isGiven: Bool)], _ reason: String) throws(Diagnostic) {
        for option in options where option.isGiven {
            throw Diagnostic("arguments.option", option.name, "the option has no effect on \(source): \(reason)")
        }
    }

    func readGraph() throws(Diagnostic) -> Graph {
        let graph = try GraphParser.parse(TextFile.read(path: source), file: source)
        try GraphVerifier.verify(graph)
        guard let gradient else { return graph }
        let inputs = graph.inputs.filter { graph.type(of: $0.value).elementType.isFloating }
        return try Autodiff.gradient(of: graph, output: gradient, withRespectTo: inputs.map { graph.name(of: $0.value) })
    }

    func readModel() throws(Diagnostic) -> ModelCompilation {
        let sizes = try batchSizes()
        let spec = try ModelSpec.load(source, overrides: overrides)
        let labels: Dataset.Labels = spec.objective.trainMode == .classification ? .classification : .regression
        let dataset = try data.map { path throws(Diagnostic) in
            try Dataset.load(path: path, labels: labels, reading: .sizes)
        }
        if let dataset, let data, spec.objective.trainMode == .classification, let count = spec.objective.classCount {
            try dataset.checkClasses(count: count, file: data)
        }
        return try ModelCompilation(spec: spec, dataset: dataset, batchSizes: sizes)
    }

    private func batchSizes() throws(Diagnostic) -> [Int] {
        guard let batch else { return [] }
        var sizes: [Int] = []
        for word in batch.split(separator: ",", omittingEmptySubsequences: false) {
            guard let size = Int(word), size > 0, size <= 1 << 20 else {
                throw Diagnostic(
                    "arguments.batch", "--batch", "batch sizes are whole numbers between commas",
                    expected: "numbers in 1...\(1 << 20)", found: batch)
            }
            sizes.append(size)
        }
        return sizes
    }
}
