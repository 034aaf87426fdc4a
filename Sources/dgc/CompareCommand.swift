import ArgumentParser
import Data
import Foundation
import Graph
import Runtime

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Runs two plans on the same inputs and names the first value that differs.",
        discussion: "The plans may be fused differently, such as with --unfused or --disable: values are compared that both "
            + "have in memory, found by name, and all outputs. A value differs if an element differs by more than the "
            + "tolerance and more than the noise, which is what changes in the last bits of all values change. Exit code 0: "
            + "same; 1: something differs.")

    @Argument(help: ArgumentHelp("The plan to trust.", valueName: "PLAN1"))
    var first: String

    @Argument(help: ArgumentHelp("The plan to compare with it.", valueName: "PLAN2"))
    var second: String

    @Option(name: .customLong("in"), help: ArgumentHelp(
        "Inputs and parameters by name; without it, seeded random ones.", valueName: "X.safetensors"))
    var input: String?

    @Option(help: "Which entry of a model, such as loss or loss.32; without it train.")
    var entry: EntryArgument?

    @Option(parsing: .unconditional, help: ArgumentHelp("Decides random inputs and missing parameters.", valueName: "N"))
    var seed: Int = 1

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "What is tolerated, relative to a value's largest element.", valueName: "NUMBER"))
    var tolerance: Double = 1e-5

    @Option(parsing: .unconditional, help: ArgumentHelp(
        "Differences up to this are tolerated in every value.", valueName: "NUMBER"))
    var absolute: Double = 1e-12

    @Option(parsing: .unconditional, help: ArgumentHelp("Threads; the results do not depend on it.", valueName: "N"))
    var threads: Int?

    @Flag(help: "Print one line of JSON.")
    var json = false

    func run() throws {
        try checkNumbers()
        let bundles = [try PlanBundle(path: first), try PlanBundle(path: second)]
        let kind = try kind(bundles)
        let tensors = try input.map { path throws(Diagnostic) in (contents: try Safetensors.read(path: path), file: path) }
        let comparison = try PlanComparison(
            (bundles[0], instance(bundles[0])), (bundles[1], instance(bundles[1])),
            inputs: ComparisonInputs(kind: kind, batch: entry?.batch, seed: seed, tensors: tensors),
            tolerance: ComparisonTolerance(relative: tolerance, absolute: absolute))
        let result = try comparison.run()
        let first = result.values.first?.name
        let origins = first.map { name in bundles.map { ValueOrigin(of: name, in: $0, entry: result.entry) } } ?? []
        let report = ComparisonReport(result: result, origins: origins)
        print(json ? report.json + "\n" : report.text, terminator: "")
        if !result.isSame { throw ExitCode(1) }
    }

    private func instance(_ bundle: PlanBundle) throws(Diagnostic) -> PlanInstance {
        let threads = threads ?? min(ProcessInfo.processInfo.activeProcessorCount, Self.mostThreads)
        return try PlanInstance(programs: bundle.programs, libraryPath: bundle.libraryPath, threads: threads)
    }

    private static let mostThreads = 256

    private func checkNumbers() throws(Diagnostic) {
        let rules: [(option: String, isKept: Bool, expected: String, found: String)] = [
            ("--seed", (0...Int(Int32.max)).contains(seed), "a whole number in 0...\(Int32.max)", "\(seed)"),
            ("--tolerance", tolerance >= 0 && tolerance.isFinite, "0 or more", "\(tolerance)"),
            ("--absolute", absolute >= 0 && absolute.isFinite, "0 or more", "\(absolute)"),
            ("--threads", (1...Self.mostThreads).contains(threads ?? 1), "a whole number in 1...\(Self.mostThreads)", "\(threads ?? 0)"),
        ]
        for rule in rules where !rule.isKept {
            throw Diagnostic(
                "arguments.range", rule.option, "the number is out of range", expected: rule.expected, found: rule.found)
        }
    }

    /// Plans of models have several entries, of which the one with most in it is compared unless another is chosen.
    private func kind(_ bundles: [PlanBundle]) throws(Diagnostic) -> PlanManifest.EntryKind {
        let areGraphs = bundles.map { $0.manifest.training == nil }
        guard areGraphs[0] == areGraphs[1] else {
            throw Diagnostic(
                "compare.inputs", second, "one plan is of a model, the other of a plain graph", expected: "plans of one computation")
        }
        guard areGraphs[0] else { return entry?.kind ?? .train }
        guard let entry else { return .graph }
        throw Diagnostic(
            "arguments.entry", first, "the plan holds a plain graph, which has only one entry", expected: "no --entry",
            found: "--entry \(entry)")
    }
}
