import ArgumentParser
import Compilation
import Foundation
import Graph
import Models
import Runtime

struct CompileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compile", abstract: "Compiles a specification or a graph to a plan.")

    @OptionGroup var source: SourceArguments

    @Option(name: .shortAndLong, help: "The plan to write, a folder NAME.plan.")
    var output: String

    func run() throws {
        let start = ContinuousClock().now
        let bundle: PlanBundle
        if source.isGraph {
            bundle = try GraphCompilation(source.readGraph()).write(to: output, options: source.options)
        } else {
            let model = try source.readModel()
            for note in model.spec.notes { print("note: \(note)") }
            bundle = try model.write(to: output, options: source.options)
        }
        let duration = ContinuousClock().now - start
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        for program in bundle.programs {
            print(
                "\(program.name): \(program.steps.count) steps in \(program.epochs) epochs, "
                    + "workspace \(program.workspaceBytes) bytes (lower bound \(program.lowerBoundBytes))")
        }
        print("\(output): \(bundle.manifest.parameters.reduce(0) { $0 + $1.elementCount }) parameters, "
            + "compiled in \(String(format: "%.1f", seconds)) s")
    }
}
