/// How much the interpreter has to do for a graph: element operations, and multiply-adds of products.
public enum InterpreterCost {
    public static func operations(_ graph: Graph) -> Double {
        graph.nodes.reduce(0) { total, node in
            let results = node.results.reduce(0.0) { $0 + Double(graph.type(of: $1).elementCount) }
            switch node.op {
            case .scan(let scan): return total + Double(scan.count) * operations(scan.body)
            case .dot(let dimensions):
                let left = graph.type(of: node.operands[0]).shape
                return total + results * dimensions.leftContracting.reduce(1) { $0 * Double(left[$1]) }
            case .matrix(let op): return total + op.operations(node, graph)
            case .reduce, .overlapAdd, .scatterAdd: return total + Double(graph.type(of: node.operands[0]).elementCount)
            case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose,
                .reshape, .broadcast, .slice, .pad, .concatenate, .window, .gather:
                return total + results
            }
        }
    }
}
