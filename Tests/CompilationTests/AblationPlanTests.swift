import Compilation
import Graph
import Models
import Runtime
import Testing

/// Models of which parts are left out come to the same in the plan as in the interpreter, with all gradients.
@Suite struct AblationPlanTests {
    private static let parts = [["mfd", "proto_ot", "sem", "ct"], ["hete", "mmd"], ["homo"]]
    /// What is then without effect, and has no gradient.
    private static let idle = ["encoder_com.", "nothing", "pde_"]

    private func graph(_ golden: GoldenCase, _ parts: [String]) throws -> Graph {
        let spec = try golden.spec.applying(["ablate=[\(parts.map { "\"\($0)\"" }.joined(separator: ","))]"])
        var graph = try ModelCompilation(spec: spec, dataset: nil).graph(.grad, batch: golden.spec.training.batchSize)
        graph.name = parts.joined(separator: "_")
        return graph
    }

    @Test func planAgreesWithTheInterpreter() throws {
        let golden = try GoldenCase("mosi_small")
        let graphs = try Self.parts.map { try graph(golden, $0) }
        let plan = try CompiledPlan(graphs)
        for (index, graph) in graphs.enumerated() {
            let inputs = golden.inputs(graph)
            let (expected, found) = (try graph.run(inputs), try plan.run(index, inputs, threads: 2))
            for (position, output) in graph.outputs.enumerated() {
                let size = expected[position].elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let difference = zip(expected[position].elements, found[position].elements)
                    .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
                #expect((size > 0) != output.name.hasPrefix("grad.\(Self.idle[index])") || output.name.hasPrefix("loss."), "\(output.name)")
                #expect(difference <= 1e-4 * size + 1e-9, "\(Self.parts[index]), \(output.name): off by \(difference) of \(size)")
            }
        }
    }
}
