import Graph

/// Local algebraic rewriting: each rule replaces one node by something smaller with the same meaning.
///
/// No rule hides a NaN or an infinity: 0 · x stays, for example, because x may be infinite.
public enum Simplify {
    public static let pass = GraphPass(
        name: "simplify", summary: "Applies algebraic identities and composes views.", run: run)

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes {
            let operands = try rewriter.replacements(of: node.operands)
            let name = graph.name(of: node.results[0])
            if var replacement = try simplified(node.op, operands, name, &rewriter.builder) {
                // What a rule returns may be what another rule is about.
                while let next = rewriter.builder.graph.definingNode(of: replacement), next.results.count == 1,
                    let simpler = try simplified(next.op, next.operands, name, &rewriter.builder) {
                    replacement = simpler
                }
                rewriter.replace(node.result, by: replacement)
            } else {
                try rewriter.copy(node, op: node.op.mapBody(run))
            }
        }
        return try rewriter.finish()
    }

    /// The value that can stand for a node, or nil where no rule applies.
    private static func simplified(
        _ op: Op, _ operands: [ValueID], _ name: String, _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID? {
        switch op {
        case .unary(let unary): return simplifyUnary(unary, operands[0], builder.graph)
        case .binary(let binary): return try simplifyBinary(binary, operands[0], operands[1], name, &builder)
        case .select:
            if operands[1] == operands[2] { return operands[1] }
            if let predicate = builder.graph.splat(operands[0]) { return predicate != 0 ? operands[1] : operands[2] }
            return nil
        case .convert(let elementType):
            return builder.type(of: operands[0]).elementType == elementType ? operands[0] : nil
        case .reduce(_, let axes): return axes.isEmpty ? operands[0] : nil
        case .transpose, .reshape, .broadcast, .slice, .pad, .concatenate:
            return try ViewRules.simplified(op, operands, name, &builder)
        case .constant, .iota, .randomUniform, .compare, .stopGradient, .dot, .window, .overlapAdd, .gather,
            .scatterAdd, .matrix, .scan:
            return nil
        }
    }

    private static func simplifyUnary(_ op: UnaryOp, _ operand: ValueID, _ graph: Graph) -> ValueID? {
        guard let inner = graph.definingNode(of: operand), case .unary(op) = inner.op else { return nil }
        switch op {
        case .negate, .logicalNot: return inner.operands[0]
        case .abs, .sign, .floor, .roundEven: return operand
        case .exp, .log, .sqrt, .tanh, .logistic: return nil
        }
    }

    private static func simplifyBinary(
        _ op: BinaryOp, _ a: ValueID, _ b: ValueID, _ name: String, _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID? {
        let (left, right) = (builder.graph.splat(a), builder.graph.splat(b))
        switch op {
        case .add:
            if isNegativeZero(right) { return a }
            if isNegativeZero(left) { return b }
            if let inner = negated(b, builder.graph) { return try builder.append(.binary(.subtract), [a, inner], names: [name])[0] }
            if let inner = negated(a, builder.graph) { return try builder.append(.binary(.subtract), [b, inner], names: [name])[0] }
            return nil
        case .subtract:
            if let right, right == 0, right.sign == .plus { return a }
            if let inner = negated(b, builder.graph) { return try builder.append(.binary(.add), [a, inner], names: [name])[0] }
            return nil
        case .multiply:
            if right == 1 { return a }
            if left == 1 { return b }
            if right == -1 { return try builder.append(.unary(.negate), [a], names: [name])[0] }
            if left == -1 { return try builder.append(.unary(.negate), [b], names: [name])[0] }
            return try mergedFactors(a, b, name, &builder)
        case .divide: return right == 1 ? a : nil
        case .power: return right == 1 ? a : nil
        case .maximum, .minimum, .logicalAnd, .logicalOr: return a == b ? a : nil
        }
    }

    /// −0 is the neutral element of addition; +0 is not, since −0 + 0 is +0.
    private static func isNegativeZero(_ value: Double?) -> Bool {
        guard let value else { return false }
        return value == 0 && value.sign == .minus
    }

    private static func negated(_ value: ValueID, _ graph: Graph) -> ValueID? {
        guard let node = graph.definingNode(of: value), case .unary(.negate) = node.op else { return nil }
        return node.operands[0]
    }

    /// (x · c) · k is x · (c·k), unless c·k leaves the range of numbers: then x times one and the other may not.
    private static func mergedFactors(
        _ a: ValueID, _ b: ValueID, _ name: String, _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID? {
        for (product, factor) in [(a, b), (b, a)] {
            guard let outer = builder.graph.splat(factor), let inner = builder.graph.definingNode(of: product),
                case .binary(.multiply) = inner.op
            else { continue }
            for (value, constant) in [(inner.operands[0], inner.operands[1]), (inner.operands[1], inner.operands[0])] {
                let type = builder.type(of: value)
                guard let first = builder.graph.splat(constant), isInRange(first * outer, type.elementType) else { continue }
                let merged = try builder.constant(first * outer, type)
                return try builder.append(.binary(.multiply), [value, merged], names: [name])[0]
            }
        }
        return nil
    }

    private static func isInRange(_ factor: Double, _ type: ElementType) -> Bool {
        switch type {
        case .f32: Float(factor).isNormal
        case .f64: factor.isNormal
        case .i32: Int32(exactly: factor) != nil
        case .bool: false
        }
    }
}
