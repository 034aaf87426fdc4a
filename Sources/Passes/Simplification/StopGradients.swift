import Graph

/// Removes gradient barriers; runs once no differentiation follows.
public enum StopGradients {
    public static let pass = GraphPass(
        name: "remove-stop-gradients", summary: "Removes gradient barriers once differentiation is done.", run: run)

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes {
            if case .stopGradient = node.op {
                rewriter.replace(node.result, by: try rewriter.replacement(node.operands[0]))
            } else {
                try rewriter.copy(node, op: node.op.mapBody(run))
            }
        }
        return try rewriter.finish()
    }
}
