import Graph

/// Merges equal nodes. The builder shares equal nodes by itself, so a plain rebuild is the whole pass.
public enum CommonSubexpressions {
    public static let pass = GraphPass(
        name: "common-subexpressions", summary: "Merges nodes with equal operations and operands.", run: run)

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes { try rewriter.copy(node, op: node.op.mapBody(run)) }
        return try rewriter.finish()
    }
}
