import Graph

/// Which inputs a gradient of some outputs can reach at all.
///
/// An optimizer must not touch a parameter that the objective does not reach: weight decay and moments act on parameters
/// whose gradient is zero, but not on those that have none.
public enum GradientReach {
    /// The names of parameters that no chosen output depends on through differentiable operations.
    public static func unreachedParameters(_ graph: Graph, from outputs: [String]) -> Set<String> {
        var reached = [Bool](repeating: false, count: graph.values.count)
        for output in graph.outputs where outputs.contains(output.name) { reached[output.value.index] = true }
        for node in graph.nodes.reversed() where node.results.contains(where: { reached[$0.index] }) {
            guard passesGradients(node.op) else { continue }
            for operand in node.operands { reached[operand.index] = true }
        }
        let parameters = graph.inputs.filter { $0.role == .parameter && !reached[$0.value.index] }
        return Set(parameters.map { graph.name(of: $0.value) })
    }

    private static func passesGradients(_ op: Op) -> Bool {
        switch op {
        case .constant, .iota, .randomUniform, .compare, .stopGradient: return false
        case .unary(let unary):
            switch unary {
            case .sign, .floor, .roundEven, .logicalNot: return false
            case .negate, .abs, .exp, .log, .sqrt, .tanh, .logistic: return true
            }
        case .binary, .select, .convert, .reduce, .dot, .transpose, .reshape, .broadcast, .slice, .pad, .concatenate,
            .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return true
        }
    }
}
