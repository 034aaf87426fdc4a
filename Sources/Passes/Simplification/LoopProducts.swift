import Graph

/// Swaps the operands of a product in a loop's body where that spares the transposition of its result.
public enum LoopProducts {
    public static let pass = GraphPass(
        name: "loop-products", summary: "Swaps the operands of transposed products in loops.", run: run)

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes { try rewriter.copy(node, op: node.op.mapBody(swapping)) }
        return try rewriter.finish()
    }

    private static func swapping(_ body: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(body)
        for node in body.nodes {
            if let swapped = try swapped(node, body, &rewriter) {
                rewriter.replace(node.result, by: swapped)
            } else {
                try rewriter.copy(node, op: node.op.mapBody(swapping))
            }
        }
        return try DeadCode.run(rewriter.finish())
    }

    private static func swapped(
        _ node: Graph.Node, _ body: Graph, _ rewriter: inout GraphRewriter
    ) throws(Diagnostic) -> ValueID? {
        guard case .transpose(let permutation) = node.op, let product = body.definingNode(of: node.operands[0]),
            case .dot(let dimensions) = product.op
        else { return nil }
        let ranks = product.operands.map { body.type(of: $0).shape.rank }
        let batch = dimensions.leftBatch.count
        let firstRight = batch + dimensions.leftFree(rank: ranks[0]).count
        let rank = firstRight + dimensions.rightFree(rank: ranks[1]).count
        guard permutation == Array(0..<batch) + Array(firstRight..<rank) + Array(batch..<firstRight) else { return nil }
        let swapped = DotDimensions(
            leftBatch: dimensions.rightBatch, rightBatch: dimensions.leftBatch,
            leftContracting: dimensions.rightContracting, rightContracting: dimensions.leftContracting)
        let operands = try rewriter.replacements(of: [product.operands[1], product.operands[0]])
        return try rewriter.builder.append(.dot(swapped), operands, names: [body.name(of: node.result)])[0]
    }
}
