import Graph

/// Divides once where a loop's body divides many elements by the same number: x / v becomes x · (1 / v) for a repeated v.
///
/// The result may differ in its last digit, so the rule stays with loops, whose divisions are on the critical path.
public enum LoopReciprocals {
    public static let pass = GraphPass(
        name: "loop-reciprocals", summary: "Multiplies by reciprocals of repeated divisors in loops.", run: run)

    /// How often a divisor must be repeated.
    private static let fewestRepetitions = 4

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes { try rewriter.copy(node, op: node.op.mapBody(multiplying)) }
        return try rewriter.finish()
    }

    private static func multiplying(_ body: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(body)
        for node in body.nodes {
            guard case .binary(.divide) = node.op, let divisor = body.definingNode(of: node.operands[1]),
                case .broadcast(let shape, let axes) = divisor.op, body.type(of: node.result).elementType.isFloating,
                body.type(of: divisor.operands[0]).elementCount * fewestRepetitions <= shape.elementCount
            else {
                try rewriter.copy(node, op: node.op.mapBody(multiplying))
                continue
            }
            let name = body.name(of: divisor.operands[0])
            let repeated = try rewriter.replacement(divisor.operands[0])
            let one = try rewriter.builder.constant(1, like: repeated)
            let reciprocal = try rewriter.builder.append(.binary(.divide), [one, repeated], names: ["\(name).reciprocal"])
            let factor = try rewriter.builder.append(
                .broadcast(shape, axes: axes), reciprocal, names: ["\(name).reciprocal.all"])
            let product = try rewriter.builder.append(
                .binary(.multiply), [try rewriter.replacement(node.operands[0]), factor[0]], names: [body.name(of: node.result)])
            rewriter.replace(node.result, by: product[0])
        }
        return try DeadCode.run(rewriter.finish())
    }
}
