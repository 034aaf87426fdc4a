import ArgumentParser
import Compilation
import Foundation
import Graph
import Models
import Passes
import Runtime

struct BisectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect", abstract: "Finds the pass that changes the numbers, or the first value in which two texts differ.",
        discussion: """
            With one source, the interpreter runs after every pass, first on graphs, then on kernels and steps, and last the \
            compiled plan runs; the first pass whose outputs differ from those before it is named. With two texts, graphs or \
            kernel graphs, both are interpreted on the same inputs, and the first value is named, in the order of the first \
            text, that has another content under the same name in the second. Exit code 0: no difference; 1: one was found.
            """)

    @OptionGroup var source: SourceArguments

    @Argument(help: ArgumentHelp("A second text to compare the first with, such as an edited dump.", valueName: "B.dg"))
    var other: String?

    @Option(help: ArgumentHelp("Which entry of a model; without it train.", valueName: "infer|loss|grad|train"))
    var entry: EntryArgument?

    @OptionGroup var checking: CheckArguments

    func run() throws {
        try source.checkOptions()
        let check = try checking.check()
        if let other {
            try compare(other, check)
        } else {
            try bisect(check)
        }
    }

    /// Ends the command where a difference was found.
    private func found(_ text: String) throws -> Never {
        print(text)
        throw ExitCode(1)
    }

    // MARK: One source

    private func bisect(_ check: PassCheck) throws {
        let bisection = PassBisection(check: check, options: try source.options(), progress: Self.printLine)
        switch try bisection.run(optimized) {
        case .agreement(let passes):
            print("no difference: the numbers after each of \(passes) passes and those of the compiled plan agree (\(conditions(check)))")
        case .difference(let finding):
            var text = "\(finding.pass) changes the numbers (\(conditions(check)))\n  output \(finding.output)"
            if let value = finding.value { text += "\n  first value that differs: \(value)" }
            try found(text)
        }
    }

    private func conditions(_ check: PassCheck) -> String { "seed \(check.seed), tolerance \(check.tolerance)" }

    /// The graph after all passes on the graph level.
    private func optimized(_ manager: PassManager) throws(Diagnostic) -> Graph {
        switch source.kind {
        case .graph:
            if let entry {
                throw Diagnostic(
                    "arguments.option", "--entry \(entry)",
                    "the option has no effect on \(source.source): a graph file has no entries")
            }
            return try GraphCompilation(source.readGraph()).optimized(manager: manager)
        case .specification:
            let model = try source.readModel()
            let kind = entry?.kind ?? .train
            let batch = entry?.batch ?? model.batches[kind]?.max() ?? model.sizes.batch
            return try model.graph(kind, batch: batch, manager: manager)
        case .plan:
            throw Diagnostic(
                "bisect.source", source.source, "a plan does not say which passes it went through", expected: "a specification or a graph")
        }
    }

    @Sendable private static func printLine(_ line: String) {
        FileHandle.standardError.write(Foundation.Data((line + "\n").utf8))
    }

    // MARK: Two texts

    private func compare(_ other: String, _ check: PassCheck) throws {
        let options = source.graphOptions + source.passOptions + [("--entry", entry != nil)]
        try source.refuse(options, "two texts are compared as they stand")
        let first = try evaluation(source.source, check)
        let second = try evaluation(other, check)
        let names = first.outputs.filter { second.output(named: $0.name)?.tensor.type == $0.tensor.type }
        guard !names.isEmpty else {
            throw Diagnostic(
                "bisect.outputs", other, "the texts have no output in common",
                expected: first.outputs.map(\.name).joined(separator: ", "), found: second.outputs.map(\.name).joined(separator: ", "))
        }
        guard let finding = check.finding(other, first, second) else {
            print("no difference in \(names.count) outputs (\(conditions(check)))")
            return
        }
        var text = "the texts differ (\(conditions(check)))\n  output \(finding.output)"
        if let value = finding.value { text += "\n  first value that differs: \(value)" }
        try found(text)
    }

    private func evaluation(_ path: String, _ check: PassCheck) throws -> ReferenceRun {
        let text = try RepresentationFile.read(path)
        guard let evaluation = try ReferenceRun(text, seed: check.seed) else {
            throw Diagnostic(
                "bisect.level", path, "a program alone says nothing about what its steps compute", expected: "graph or kernels",
                found: text.level.rawValue)
        }
        return evaluation
    }
}
