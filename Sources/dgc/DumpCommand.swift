import ArgumentParser
import Compilation
import Foundation
import Graph
import Models
import Passes
import Runtime

struct DumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Prints a specification, plan or graph at any stage as text.",
        discussion: "What is printed can be read back. A graph file is printed as it stands at the stage graph, and after "
            + "all passes at the later ones; a specification is printed after all passes. A plan prints what it keeps.")

    enum Stage: String, ExpressibleByArgument, CaseIterable {
        case graph, kernels, program
    }

    @OptionGroup var source: SourceArguments

    @Option(help: "How far to compile.")
    var stage: Stage = .graph

    @Option(help: ArgumentHelp(
        "Which entry of a model, such as train or train.32; without it infer, or all entries of a plan.",
        valueName: "infer|loss|grad|train"))
    var entry: EntryArgument?

    @OptionGroup var observation: ObservationArguments

    func run() throws {
        try source.checkOptions()
        let watch = try observation.observation(perEntry: false)
        defer { watch.finish() }
        print(try text(watch.observer), terminator: "")
        watch.succeed()
    }

    private func text(_ observer: PassObservers) throws(Diagnostic) -> String {
        let manager = PassManager(disabled: try source.options().disabled, observer: observer)
        switch source.kind {
        case .graph:
            try refuseEntry("a graph file has no entries")
            guard stage != .graph else {
                try source.refuse(observation.options, "a graph file is printed as it stands; dgc opt runs passes on it")
                return try source.readGraph().text
            }
            return try text(GraphCompilation(source.readGraph()).optimized(manager: manager), observer)
        case .specification:
            let model = try source.readModel()
            let kind = entry?.kind ?? .infer
            let batch = entry?.batch ?? model.batches[kind]?.max() ?? model.sizes.batch
            return try text(model.graph(kind, batch: batch, manager: manager), observer)
        case .plan:
            try source.refuse(observation.options, "a plan is compiled already")
            return try text(PlanBundle(path: source.source))
        }
    }

    /// A graph at the chosen stage.
    private func text(_ graph: Graph, _ observer: PassObservers) throws(Diagnostic) -> String {
        let compiler = PlanCompiler(options: try source.options(), observer: observer)
        switch stage {
        case .graph: return graph.text
        case .kernels: return try compiler.kernels(of: graph).text
        case .program: return Program.text(of: try compiler.compile([graph]).entries.map(\.program))
        }
    }

    /// The chosen entries of a plan at the chosen stage.
    private func text(_ bundle: PlanBundle) throws(Diagnostic) -> String {
        if bundle.manifest.specification == nil { try refuseEntry("the plan of a plain graph has no entries") }
        let chosen = try entry?.positions(in: bundle) ?? Array(bundle.programs.indices)
        switch stage {
        case .graph:
            let graphs = try bundle.graphs()
            return Graph.text(of: chosen.map { graphs[$0] })
        case .kernels:
            let kernels = try bundle.kernelGraphs()
            return KernelGraph.text(of: chosen.map { kernels[$0] })
        case .program:
            return Program.text(of: chosen.map { bundle.programs[$0] })
        }
    }

    private func refuseEntry(_ reason: String) throws(Diagnostic) {
        guard let entry else { return }
        throw Diagnostic("arguments.option", "--entry \(entry)", "the option has no effect on \(source.source): \(reason)")
    }
}
