import ArgumentParser
import Compilation
import Foundation
import Graph
import Models
import Passes
import Runtime

struct DumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Prints a specification, plan or graph at any stage as text.")

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

    @Option(help: "How far to compile: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")).")
    var stage: Stage = .graph

    @Option(help: "Which entry: \(Entry.allCases.map(\.rawValue).joined(separator: ", ")); a plan prints all without it.")
    var entry: Entry?

    func run() throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: source.source, isDirectory: &isFolder), isFolder.boolValue {
            return try dumpPlan()
        }
        let graph: Graph
        if source.isGraph {
            graph = stage == .graph ? try source.readGraph() : try GraphCompilation(source.readGraph()).optimized()
        } else {
            let model = try source.readModel()
            let kind = (entry ?? .infer).kind
            graph = try model.graph(kind, batch: model.batches[kind]?.max() ?? model.sizes.batch)
        }
        switch stage {
        case .graph: print(graph.text, terminator: "")
        case .kernels:
            print(try KernelFormation.run(graph, unfused: source.unfused).text, terminator: "")
        case .program:
            let result = try PlanCompiler(options: source.options).compile([graph])
            print(Program.text(of: result.entries.map(\.program)), terminator: "")
        }
    }

    /// A plan keeps its programs; the stages before are compiled again from the specification in its manifest.
    private func dumpPlan() throws {
        let bundle = try PlanBundle(path: source.source)
        guard stage == .program || bundle.manifest.specification == nil else {
            let model = try ModelCompilation(bundle: bundle)
            let kind = (entry ?? .infer).kind
            let graph = try model.graph(kind, batch: bundle.manifest.largestBatch(kind) ?? model.sizes.batch)
            let text = stage == .graph ? graph.text : try KernelFormation.run(graph, unfused: false).text
            return print(text, terminator: "")
        }
        guard stage == .program else {
            throw Diagnostic(
                "dump.stage", source.source, "a plan of a plain graph keeps only its program", expected: "--stage program")
        }
        let kept = zip(bundle.manifest.entries, bundle.programs).filter { entry == nil || $0.0.kind == entry?.kind }
        print(Program.text(of: kept.map(\.1)), terminator: "")
    }
}
