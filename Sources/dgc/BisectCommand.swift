import ArgumentParser
import CommandLineSupport
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
        let bisection = PassBisection(check: check, options: try options(), progress: Self.printLine)
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
        case .plan: return try optimized(PlanBundle(path: source.source), manager)
        }
    }

    /// A model's plan knows its specification; that of a plain graph keeps the graph after the passes on its level.
    private func optimized(_ plan: PlanBundle, _ manager: PassManager) throws(Diagnostic) -> Graph {
        guard plan.manifest.specification != nil else { return try GraphCompilation(plan.graphs()[0]).optimized(manager: manager) }
        let model = try ModelCompilation(bundle: plan)
        let kind = entry?.kind ?? .train
        return try model.graph(kind, batch: entry?.batch ?? model.batches[kind]?.max() ?? model.sizes.batch, manager: manager)
    }

    /// A plan is compiled again with its own options.
    private func options() throws(Diagnostic) -> PlanCompiler.Options {
        guard source.kind == .plan else { return try source.options() }
        return PlanCompiler.Options(arguments: try PlanBundle(path: source.source).manifest.origin?.options ?? [])
    }

    @Sendable private static func printLine(_ line: String) {
        CommandStream.errors.write(line + "\n")
    }

    // MARK: Two texts

    private func compare(_ other: String, _ check: PassCheck) throws {
        let options = source.graphOptions + source.passOptions + [("--entry", entry != nil)]
        try source.refuse(options, "two texts are compared as they stand")
        for path in [source.source, other] where SourceArguments.isPlan(path) {
            throw Diagnostic(
                "bisect.source", path, "two plans are compared by dgc compare", expected: "two texts, or one source")
        }
        let texts = try (RepresentationFile.read(source.source), RepresentationFile.read(other))
        for (text, path) in [(texts.0, source.source), (texts.1, other)] where text.level == .program {
            throw Diagnostic(
                "bisect.level", path, "a program alone says nothing about what its steps compute", expected: "graph or kernels",
                found: text.level.rawValue)
        }
        try checkInputs(texts, other)
        let (first, second) = try (evaluation(texts.0, source.source, check), evaluation(texts.1, other, check))
        let names = first.outputs.filter { second.output(named: $0.name)?.tensor.type == $0.tensor.type }
        guard !names.isEmpty else {
            throw Diagnostic(
                "bisect.outputs", other, "the texts have no output in common",
                expected: first.outputs.map(\.name).joined(separator: ", "), found: second.outputs.map(\.name).joined(separator: ", "))
        }
        let lone = Self.loneOutputs(first, second, source.source) + Self.loneOutputs(second, first, other)
        guard let finding = check.finding(other, first, second) else {
            let agreement = "no difference in \(names.count) outputs (\(conditions(check)))"
            guard lone.isEmpty else { try found((lone + [agreement]).joined(separator: "\n")) }
            print(agreement)
            if texts.0 != texts.1 { print("their structure may differ nevertheless: dgc diff \(source.source) \(other)") }
            return
        }
        var text = "the texts differ (\(conditions(check)))\n  output \(finding.output)"
        if let value = finding.value {
            text += "\n  first value that differs: \(value)"
        } else {
            text += "\n  no value before it has the same name in both: dgc diff \(source.source) \(other) needs no names"
        }
        try found((lone + [text]).joined(separator: "\n"))
    }

    /// Outputs that only one of the texts has in this form.
    private static func loneOutputs(_ run: ReferenceRun, _ other: ReferenceRun, _ path: String) -> [String] {
        run.outputs.filter { other.output(named: $0.name)?.tensor.type != $0.tensor.type }
            .map { "only \(path) has output \($0.name) : \($0.tensor.type)" }
    }

    /// Inputs are told apart by their names, from which their random numbers come, too.
    private func checkInputs(_ texts: (Representation, Representation), _ other: String) throws(Diagnostic) {
        let (first, second) = (Self.inputs(texts.0), Self.inputs(texts.1))
        let (missing, unknown) = (first.filter { !second.contains($0) }, second.filter { !first.contains($0) })
        guard missing.isEmpty, unknown.isEmpty else {
            throw Diagnostic(
                "bisect.inputs", other,
                "the texts have different inputs, and cannot run on the same numbers; dgc diff compares structure without names",
                expected: missing.isEmpty ? "no other inputs" : missing.joined(separator: ", "),
                found: unknown.isEmpty ? "none" : unknown.joined(separator: ", "))
        }
    }

    private static func inputs(_ text: Representation) -> [String] {
        switch text {
        case .graph(let graph): graph.inputs.map { "\(graph.name(of: $0.value)) : \(graph.type(of: $0.value))" }
        case .kernels(let kernels): kernels.inputs.map { "\(kernels.name(of: $0.tensor)) : \(kernels.type(of: $0.tensor))" }
        case .program(let program):
            program.inputs.map { "\(program.slices[$0.slice].name) : \(program.slices[$0.slice].type)" }
        }
    }

    private func evaluation(_ text: Representation, _ path: String, _ check: PassCheck) throws(Diagnostic) -> ReferenceRun {
        guard let evaluation = try ReferenceRun(text, seed: check.seed) else {
            throw Diagnostic("bisect.level", path, "only graphs and kernel graphs can be run", kind: .compilerBug)
        }
        return evaluation
    }
}
