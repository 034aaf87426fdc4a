import Graph

/// Cuts the rows of matrices of pairs [n, m] into blocks [n / rows, rows, m], which tiled kernels then compute one by one.
///
/// Sums over pairs become sums over blocks. A value that is read after a sum of its own region is computed again from the two
/// small matrices, so that no matrix of pairs needs memory.
public enum PairBlocks {
    public static let pass = GraphPass(name: "pairs", summary: "Cuts the rows of matrices of pairs into blocks.") {
        graph throws(Diagnostic) in try run(graph).graph
    }

    /// The same, with its decisions for the kernel graph.
    static let levelPass = LevelPass(pass.name, pass.summary, .graph, .graph) { state throws(Diagnostic) in
        let blocks = try run(state.graph(pass.name))
        return PassState(.graph(blocks.graph), decisions: state.decisions + blocks.decisions.by(pass.name))
    }

    static func run(_ graph: Graph) throws(Diagnostic) -> (graph: Graph, decisions: [FusionDecision]) {
        let regions = PairRegions(graph)
        let decisions = regions.regions.map { region in
            FusionDecision(
                value: graph.name(of: region.product), outcome: region.blockRows == nil ? .materialized : .fused, reason: region.reason)
        }
        guard regions.regions.contains(where: { $0.blockRows != nil }) else { return (graph, decisions) }
        var worker = PairRewriter(graph, regions)
        return (try DeadCode.run(try worker.run()), decisions)
    }
}
