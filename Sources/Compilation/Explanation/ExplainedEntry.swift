import Graph
import Passes
import Runtime

/// One entry of a plan at the stages that explanations look at.
public struct ExplainedEntry: Sendable {
    public var name: String
    public var kernels: KernelGraph
    public var program: Program
    /// What the passes did, from the declared graph to the program; only the last stages of a plan of a plain graph, which does
    /// not keep what it was compiled from.
    public var history: [PassHistory.Change]
    /// What runs of the program's kernel functions take in seconds by the cost model, where that is known.
    public var seconds: [String: Double]
    /// The graph that the kernels were formed from; empty where that is not known.
    public var graph: Graph {
        for change in history.reversed() {
            if case .graph(let graph) = change.before, case .kernels = change.after { return graph }
        }
        return Graph(name: name)
    }
    /// Whether the history begins with the graph as it was declared.
    public private(set) var knowsGraphPasses = true

    public init(
        name: String, kernels: KernelGraph, program: Program, history: [PassHistory.Change], seconds: [String: Double]
    ) {
        self.name = name
        self.kernels = kernels
        self.program = program
        self.history = history
        self.seconds = seconds
    }
}

extension ExplainedEntry {
    /// Compiles an entry and keeps what the passes did.
    ///
    /// - Parameter graph: makes the graph of the entry, after all passes on the graph level.
    public init(
        compiling options: PlanCompiler.Options, _ graph: (PassManager) throws(Diagnostic) -> Graph
    ) throws(Diagnostic) {
        let history = PassHistory()
        let optimized = try graph(PassManager(disabled: options.disabled, observer: history))
        let entry = try PlanCompiler(options: options, observer: history).compile([optimized]).entries[0]
        self.init(
            name: entry.program.name, kernels: entry.kernels, program: entry.program, history: history.changes,
            seconds: EntryPrediction(entry).byFunction.mapValues(\.seconds))
    }

    /// Compiles the text of any level as far as a program; what came before its level is not known.
    public init(_ text: Representation, _ options: PlanCompiler.Options) throws(Diagnostic) {
        switch text {
        case .graph(let graph):
            try self.init(compiling: options) { manager throws(Diagnostic) in
                try GraphCompilation(graph).optimized(manager: manager)
            }
        case .kernels(let kernels):
            let history = PassHistory()
            let manager = PassManager(disabled: options.disabled, observer: history)
            let formed = try manager.run(NamedPipeline.named("program").passes, on: text)
            guard case .program(let program) = formed else {
                throw Diagnostic("explain.program", kernels.name, "the kernels gave no program", kind: .compilerBug)
            }
            self.init(name: kernels.name, kernels: kernels, program: program, history: history.changes, seconds: [:])
            knowsGraphPasses = false
        case .program(let program):
            self.init(name: program.name, kernels: KernelGraph(name: program.name), program: program, history: [], seconds: [:])
            knowsGraphPasses = false
        }
    }

    /// Compiles an entry of a model.
    public init(
        _ model: ModelCompilation, _ kind: PlanManifest.EntryKind, batch: Int, _ options: PlanCompiler.Options
    ) throws(Diagnostic) {
        try self.init(compiling: options) { manager throws(Diagnostic) in try model.graph(kind, batch: batch, manager: manager) }
    }

    /// What a plan keeps of an entry.
    ///
    /// - Parameter withHistory: whether the entry is compiled once more to see what the passes do.
    public init(_ bundle: PlanBundle, entry position: Int, withHistory: Bool) throws(Diagnostic) {
        let entry = bundle.manifest.entries[position]
        self.init(
            name: entry.name, kernels: try bundle.kernelGraphs()[position], program: bundle.programs[position], history: [],
            seconds: entry.prediction?.byFunction.mapValues(\.seconds) ?? [:])
        guard withHistory else { return }
        let options = PlanCompiler.Options(arguments: bundle.manifest.origin?.options ?? [])
        if bundle.manifest.specification != nil {
            history = try ExplainedEntry(ModelCompilation(bundle: bundle), entry.kind, batch: entry.batch, options).history
        } else {
            // The plan keeps a plain graph as it was after the passes on its level.
            let graph = try bundle.graphs()[position]
            history = try ExplainedEntry(compiling: options) { _ in graph }.history
            knowsGraphPasses = false
        }
    }
}

extension PlanCompiler.Options {
    /// The inverse of `arguments`; what else a plan's options say is no matter of the passes.
    public init(arguments: [String]) {
        self.init()
        unfused = arguments.contains("--unfused")
        noReuse = arguments.contains("--no-reuse")
        let prefix = "--disable "
        disabled = Set(arguments.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
        let recompute = "--recompute "
        recomputed = arguments.last { $0.hasPrefix(recompute) }.flatMap { Int($0.dropFirst(recompute.count)) } ?? 0
    }
}
