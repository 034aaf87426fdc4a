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
            + "all passes at the later ones; a specification is printed after all passes.")

    enum Stage: String, ExpressibleByArgument, CaseIterable {
        case graph, kernels, program
    }

    enum Entry: String, ExpressibleByArgument, CaseIterable {
        case infer, loss, grad, train

        var kind: PlanManifest.EntryKind {
            switch self {
            case .infer: .infer
            case .loss: .loss
            case .grad: .grad
            case .train: .train
            }
        }
    }

    @OptionGroup var source: SourceArguments

    @Option(help: "How far to compile.")
    var stage: Stage = .graph

    @Option(help: "Which entry of a model; without it infer, or all programs of a plan.")
    var entry: Entry?

    @OptionGroup var observation: ObservationArguments

    func run() throws {
        try source.checkOptions()
        let watch = try observation.observation(perEntry: false)
        defer { watch.finish() }
        print(try text(watch.observer), terminator: "")
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
            let batch = model.batches[kind]?.max() ?? model.sizes.batch
            return try text(model.graph(kind, batch: batch, manager: manager), observer)
        case .plan:
            try source.refuse(observation.options, "a plan is compiled already")
            return try text(PlanBundle(path: source.source))
        }
    }

    private var kind: PlanManifest.EntryKind { (entry ?? .infer).kind }

    /// A graph at the chosen stage.
    private func text(_ graph: Graph, _ observer: PassObservers? = nil) throws(Diagnostic) -> String {
        let compiler = PlanCompiler(options: try source.options(), observer: observer)
        switch stage {
        case .graph: return graph.text
        case .kernels: return try compiler.kernels(of: graph).text
        case .program: return Program.text(of: try compiler.compile([graph]).entries.map(\.program))
        }
    }

    /// A plan keeps its programs; the stages before are compiled again from the specification in its manifest.
    private func text(_ bundle: PlanBundle) throws(Diagnostic) -> String {
        let isModel = bundle.manifest.specification != nil
        if !isModel { try refuseEntry("the plan of a plain graph has no entries") }
        if stage == .program { return Program.text(of: try programs(bundle)) }
        guard isModel else {
            throw Diagnostic(
                "dump.stage", source.source, "a plan of a plain graph keeps only its program", expected: "--stage program")
        }
        let model = try ModelCompilation(bundle: bundle)
        return try text(model.graph(kind, batch: bundle.manifest.largestBatch(kind) ?? model.sizes.batch))
    }

    private func programs(_ bundle: PlanBundle) throws(Diagnostic) -> [Program] {
        guard let entry else { return bundle.programs }
        let kept = zip(bundle.manifest.entries, bundle.programs).filter { $0.0.kind == entry.kind }
        guard !kept.isEmpty else {
            throw Diagnostic(
                "dump.entry", source.source, "the plan has no such entry",
                expected: bundle.manifest.entries.map(\.name).joined(separator: ", "), found: entry.rawValue)
        }
        return kept.map(\.1)
    }

    private func refuseEntry(_ reason: String) throws(Diagnostic) {
        guard let entry else { return }
        throw Diagnostic("arguments.option", "--entry \(entry.rawValue)", "the option has no effect on \(source.source): \(reason)")
    }
}
