import ArgumentParser
import CommandLineSupport
import Compilation
import Foundation
import Graph
import Models
import Passes
import Runtime

struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile", abstract: "Compiles a specification or a graph to a plan.",
        discussion: "A plan is code for exactly these sizes and this kind of processor. It appears when all of it is "
            + "written; an older plan of that name is then replaced. A plan that is up to date stays: one that this dgc, "
            + "with this C compiler, made of the same source with the same options; options that show passes compile anyway. The C compiler is the one named by "
            + "DG_CC, or clang or cc on the path.")

    @OptionGroup var source: SourceArguments

    @Option(name: .shortAndLong, help: ArgumentHelp("The plan to write, a folder.", valueName: "NAME.plan"))
    var output: String

    @Flag(help: "Compile even if the plan is up to date.")
    var force = false

    @Option(help: ArgumentHelp(
        "The kinds of a model's entries: infer for predictions, loss for evaluation, grad for gradients, train for training. "
            + "Without it, all.", valueName: "KIND,KIND,…"))
    var entries: EntryKinds?

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "The most memory that the plan may take when it runs; layers are computed again until it fits, or the plan is refused. "
            + "With KiB, MiB or GiB at the end, or in bytes.",
        valueName: "BYTES"))
    var maxMemory: String?

    @OptionGroup var observation: ObservationArguments

    func run() throws {
        let start = ContinuousClock().now
        try source.checkOptions()
        if source.kind == .graph { try source.refuse([("--entries", entries != nil)], "a graph is one entry") }
        let limit = try memoryLimit()
        try PlanBundle.checkDestination(output)
        let watch = try observation.observation(perEntry: source.kind == .specification)
        defer { watch.finish() }
        let request = try request(limit, watch.observer)
        // What is to be seen must happen.
        if !force, !observation.isGiven, request.isUpToDate(output) {
            print("\(output) is up to date")
            return
        }
        let path = output
        let bundle = try withExtendedLifetime(Interruption { PlanBundle.discardUnfinished(path) }) { try request.write(to: path) }
        report(bundle, ContinuousClock().now - start)
        watch.succeed()
    }

    private func report(_ bundle: PlanBundle, _ duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        for program in bundle.programs {
            print(
                "\(program.name): \(program.steps.count) steps in \(program.epochs) epochs, "
                    + "workspace \(program.workspaceBytes) bytes (lower bound \(program.lowerBoundBytes))")
        }
        let recomputed = PlanCompiler.Options(arguments: bundle.manifest.origin?.options ?? []).recomputed
        if recomputed > 0, source.recompute == nil {
            print("note: \(recomputed) % of the layers are computed again for their gradients, to keep --max-memory")
        }
        print("\(bundle.path): \(bundle.manifest.parameters.reduce(0) { $0 + $1.elementCount }) parameters, "
            + "compiled in \(String(format: "%.1f", seconds)) s")
    }

    private func memoryLimit() throws(Diagnostic) -> MemoryLimit? {
        guard let maxMemory else { return nil }
        return MemoryLimit(bytes: try ByteCount.parse(maxMemory, option: "--max-memory"))
    }

    private func request(_ limit: MemoryLimit?, _ observer: PassObservers) throws(Diagnostic) -> PlanRequest {
        switch source.kind {
        case .graph:
            return try GraphCompilation(source.readGraph()).request(options: source.options(), memoryLimit: limit, observer: observer)
        case .specification:
            let model = try source.readModel()
            for note in model.spec.notes { print("note: \(note)") }
            if model.spec.dataset == nil, model.spec.objective.trainMode == .regression {
                print("note: `dataset_name` is not given: metrics are those of mosi")
            }
            let kept = entries.map { model.keeping($0.kinds) } ?? model
            return try kept.request(options: source.options(), memoryLimit: limit, observer: observer)
        case .plan:
            throw Diagnostic(
                "compile.source", source.source, "plans and other folders cannot be compiled",
                expected: "a specification or a graph")
        }
    }
}
