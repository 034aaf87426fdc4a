import Foundation
import Graph
import Passes

/// Makes a graph small that shows a failure, as a text to be kept among the regressions.
enum FailureReduction {
    /// How long a reduction may take.
    private static let seconds = ProcessInfo.processInfo.environment["DG_FUZZ_REDUCE"].flatMap { Double($0) } ?? 60

    /// - Parameter needsPlan: whether the failure is one of a plan, and not of texts or passes alone.
    static func text(_ item: DifferentialCase, needsPlan: Bool) -> String {
        let start = ContinuousClock.now
        var reducer = GraphReducer(item.graph) {
            (ContinuousClock.now - start) / .seconds(1) > seconds
        } isInteresting: { graph throws(Diagnostic) in
            fails(graph, item, needsPlan: needsPlan)
        }
        try? reducer.run()
        let inputs = item.inputs.isSpecial ? "special inputs" : "inputs"
        return "// \(item.name), \(inputs) of seed \(item.inputs.seed)\n" + reducer.best.text
    }

    private static func fails(_ graph: Graph, _ item: DifferentialCase, needsPlan: Bool) -> Bool {
        let smaller = DifferentialCase(name: item.name, graph: graph, inputs: item.inputs, seed: item.seed)
        return !DifferentialCheck([smaller], flags: ["-O0"], part: needsPlan ? .all : .withoutCompiler, allPasses: true).failures.isEmpty
    }
}
