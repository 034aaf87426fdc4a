import ArgumentParser
import CommandLineSupport
import Compilation
import Foundation
import Graph
import Models
import Runtime

struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile", abstract: "Compiles a specification or a graph to a plan.",
        discussion: "A plan is code for exactly these sizes and this kind of processor. It appears when all of it is "
            + "written; an older plan of that name is then replaced. The C compiler is the one named by DG_CC, or "
            + "clang or cc on the path.")

    @OptionGroup var source: SourceArguments

    @Option(name: .shortAndLong, help: ArgumentHelp("The plan to write, a folder.", valueName: "NAME.plan"))
    var output: String

    func run() throws {
        let start = ContinuousClock().now
        try source.checkOptions()
        try PlanBundle.checkDestination(output)
        let path = output
        let bundle = try withExtendedLifetime(Interruption { PlanBundle.discardUnfinished(path) }) { try compile() }
        let duration = ContinuousClock().now - start
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        for program in bundle.programs {
            print(
                "\(program.name): \(program.steps.count) steps in \(program.epochs) epochs, "
                    + "workspace \(program.workspaceBytes) bytes (lower bound \(program.lowerBoundBytes))")
        }
        print("\(bundle.path): \(bundle.manifest.parameters.reduce(0) { $0 + $1.elementCount }) parameters, "
            + "compiled in \(String(format: "%.1f", seconds)) s")
    }

    private func compile() throws -> PlanBundle {
        switch source.kind {
        case .graph:
            return try GraphCompilation(source.readGraph()).write(to: output, options: source.options())
        case .specification:
            let model = try source.readModel()
            for note in model.spec.notes { print("note: \(note)") }
            return try model.write(to: output, options: source.options())
        case .plan:
            throw Diagnostic(
                "compile.source", source.source, "plans and other folders cannot be compiled",
                expected: "a specification or a graph")
        }
    }
}
