import Graph

/// Computes operations whose operands are constants, where the result is no larger than a constant may be.
public enum ConstantFolding {
    public static let pass = GraphPass(
        name: "constant-folding", summary: "Computes what depends on constants only.", run: run)

    /// Dense results above this size stay computations: code is smaller than data.
    static let maximumElements = 64

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes {
            let operands = try rewriter.replacements(of: node.operands)
            if let constant = try fold(node, operands, rewriter.builder.graph) {
                let name = graph.name(of: node.result)
                let result = try rewriter.builder.append(constant, [], names: [name])
                rewriter.replace(node.result, by: result[0])
            } else {
                try rewriter.copy(node, op: node.op.mapBody(run))
            }
        }
        return try rewriter.finish()
    }

    private static func fold(_ node: Graph.Node, _ operands: [ValueID], _ graph: Graph) throws(Diagnostic) -> Op? {
        switch node.op {
        case .unary, .binary, .compare, .select, .convert:
            return try foldElementwise(node.op, operands, graph)
        case .broadcast(let shape, _), .reshape(let shape):
            guard case .splat(let value) = graph.constant(operands[0]) else { return nil }
            return .constant(graph.type(of: operands[0]).with(shape: shape), .splat(value))
        case .transpose, .slice, .window, .gather:
            guard case .splat(let value) = graph.constant(operands[0]) else { return nil }
            return .constant(try inferTypes(node.op, operands.map { graph.type(of: $0) })[0], .splat(value))
        case .constant, .iota, .randomUniform, .stopGradient, .reduce, .dot, .pad, .concatenate, .overlapAdd,
            .scatterAdd, .matrix, .scan:
            return nil
        }
    }

    private static func foldElementwise(_ op: Op, _ operands: [ValueID], _ graph: Graph) throws(Diagnostic) -> Op? {
        let constants = operands.compactMap { graph.constant($0) }
        guard constants.count == operands.count else { return nil }
        let types = operands.map { graph.type(of: $0) }
        let result = try inferTypes(op, types)[0]
        let splats = constants.compactMap { constant in if case .splat(let value) = constant { value } else { nil } }
        if splats.count == constants.count {
            let scalars = zip(types, splats).map { Tensor($0.with(shape: .scalar), [$1]) }
            let value = try Interpreter().evaluate(op, scalars, [result.with(shape: .scalar)])[0].scalar
            return .constant(result, .splat(value))
        }
        guard result.elementCount <= maximumElements else { return nil }
        let tensors = zip(types, constants).map { type, constant in
            switch constant {
            case .splat(let value): Tensor(type, repeating: value)
            case .dense(let values): Tensor(type, values)
            }
        }
        return .constant(result, .dense(try Interpreter().evaluate(op, tensors, [result])[0].elements))
    }
}

extension Graph {
    /// The contents of a value that is a constant.
    func constant(_ value: ValueID) -> Constant? {
        guard let node = definingNode(of: value), case .constant(_, let constant) = node.op else { return nil }
        return constant
    }

    /// The number that a constant value holds everywhere.
    func splat(_ value: ValueID) -> Double? {
        guard case .splat(let number) = constant(value) else { return nil }
        return number
    }
}
