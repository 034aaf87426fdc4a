import Graph
import Passes

/// The passes on graphs one by one: left out, run twice, and, where they only move or remove nodes, equal to the bit.
struct PassSwitches {
    let expected: Expectation
    private var graph: Graph { expected.graph }
    private var inputs: [Tensor] { expected.inputs }

    init(_ expected: Expectation) { self.expected = expected }

    /// They change no number; others may round otherwise.
    static let exactNames: Set<String> = [
        StopGradients.pass.name, ConstantFolding.pass.name, CommonSubexpressions.pass.name, DeadCode.pass.name,
    ]
    /// What they do is done after one run.
    private static let idempotentNames: Set<String> = [StopGradients.pass.name, CommonSubexpressions.pass.name, DeadCode.pass.name]

    static let names = Pipelines.optimize.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }

    func failures(_ name: String, _ count: inout ExpectedOutput.Count) throws -> [String] {
        count.passes += 1
        var failures: [String] = []
        let off = try PassManager(disabled: [name]).run(Pipelines.optimize, on: graph).graph
        failures += try mismatches(off, "without \(name)", &count)
        let doubled = Pipelines.optimize.flatMap { $0.name == name ? [$0, $0] : [$0] }
        failures += try mismatches(PassManager().run(doubled, on: graph).graph, "\(name) twice", &count)
        guard let pass = Pipelines.optimize.first(where: { $0.name == name }), Self.exactNames.contains(name) else { return failures }
        let once = try PassManager().run([pass], on: graph).graph
        let results = try Interpreter().run(once, inputs)
        for (result, output) in zip(results, expected.outputs) where !result.isIdentical(to: output.exact) {
            failures.append("\(name) alone: \(output.name) has other bits")
        }
        guard Self.idempotentNames.contains(name) else { return failures }
        let twice = try PassManager().run([pass], on: once).graph
        if twice != once { failures.append("\(name) alone: a second run changes something") }
        return failures
    }

    private func mismatches(_ graph: Graph, _ kind: String, _ count: inout ExpectedOutput.Count) throws -> [String] {
        try expected.mismatches(Interpreter().run(graph, inputs), &count).map { "\(kind): \($0)" }
    }
}
