import Graph

/// What single operations cost on vectors, in additions.
enum OperationCost {
    /// What one element of the result costs; for a sum or an extremum, one element of the operand.
    static func perElement(_ op: Op) -> Double {
        switch op {
        // What only names or moves elements is paid for by the bytes that it reads.
        case .constant, .iota, .transpose, .reshape, .broadcast, .slice, .window, .stopGradient, .gather, .dot, .scan: 0
        case .compare, .select, .convert, .pad, .concatenate, .reduce, .overlapAdd, .scatterAdd, .matrix: 1
        case .randomUniform: 10
        case .unary(let unary): perElement(unary)
        case .binary(let binary): perElement(binary)
        }
    }

    private static func perElement(_ op: UnaryOp) -> Double {
        switch op {
        case .negate, .abs, .sign, .floor, .roundEven, .logicalNot: 1
        case .sqrt: 4
        case .exp: 7
        case .logistic: 9
        case .tanh: 13
        case .log: 20
        }
    }

    private static func perElement(_ op: BinaryOp) -> Double {
        switch op {
        case .add, .subtract, .multiply, .maximum, .minimum, .logicalAnd, .logicalOr: 1
        case .divide: 2
        // The C library's function, one element at a time.
        case .power: 600
        }
    }

    /// How many times a node pays for an element.
    static func elements(_ node: Graph.Node, _ graph: Graph) -> Double {
        switch node.op {
        // Adjoints and reductions touch every element that they add up.
        case .reduce, .overlapAdd, .scatterAdd: Double(graph.type(of: node.operands[0]).elementCount)
        case .matrix(let op): op.operations(node, graph)
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .dot, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .gather, .scan:
            Double(graph.type(of: node.results[0]).elementCount)
        }
    }

    /// The multiply-adds of a product; nothing for other operations.
    static func multiplyAdds(_ node: Graph.Node, _ graph: Graph) -> Double {
        guard case .dot(let dimensions) = node.op else { return 0 }
        let left = graph.type(of: node.operands[0]).shape
        return dimensions.leftContracting.reduce(Double(graph.type(of: node.result).elementCount)) { $0 * Double(left[$1]) }
    }
}
