import Graph

/// Joins kernels that work on independent (sample, head) tiles into one kernel per tile.
///
/// What only the joined kernels read stays in a thread's scratch memory: attention scores never reach the arena.
public enum TileFormation {
    public static let pass = Pass<KernelGraph, KernelGraph>(
        name: "tile", summary: "Joins kernels over the same samples and heads into one kernel per tile.", run: run)

    /// Bounds the scratch memory of one tile.
    private static let largestTileBytes = 32 << 20
    private static let largestKernelCount = 64
    /// In elements.
    private static let smallestTile = 16
    private static let axes = 2

    static func run(_ graph: KernelGraph) throws(Diagnostic) -> KernelGraph {
        var contraction = Contraction(graph, axes: axes)
        let seeds = graph.kernels.indices.filter {
            isSeed(graph.kernels[$0], graph) && !Rematerialization.isCopy(graph.kernels[$0])
        }
        for seed in seeds where !contraction.isTaken(seed) {
            let members = grow(seed, graph, &contraction)
            if members.count > 1 { contraction.contract(members) }
        }
        return try contraction.rebuilt()
    }

    private static func isSeed(_ kernel: KernelGraph.Kernel, _ graph: KernelGraph) -> Bool {
        guard let root = kernel.body.nodes.last, case .dot(let dimensions) = root.op, dimensions.leftBatch.count == axes else {
            return false
        }
        // A handful of scores is computed faster for all samples and heads in one loop.
        let shape = graph.type(of: kernel.results[0]).shape
        return shape.dimensions.dropFirst(axes).reduce(1, *) >= smallestTile
    }

    /// Adds neighbours of a seed as long as the whole can run tile by tile.
    private static func grow(_ seed: Int, _ graph: KernelGraph, _ contraction: inout Contraction) -> TileGroup {
        let extents = Array(graph.type(of: graph.kernels[seed].results[0]).shape.dimensions.prefix(axes))
        var members = TileGroup(tiles: extents)
        guard let access = contraction.access(seed, .tiled, tiles: extents) else { return members }
        contraction.insert(seed, access, into: &members)
        var changed = true
        while changed && members.count < largestKernelCount {
            changed = false
            for candidate in contraction.neighbours(of: members) where !contraction.isTaken(candidate) {
                let kernel = graph.kernels[candidate]
                guard let result = kernel.results.first,
                    graph.type(of: result).shape.rank > axes || kernel.form == .reduction,
                    graph.type(of: result).byteCount / max(1, extents.reduce(1, *)) <= largestTileBytes,
                    // A value that is computed again belongs to its late readers, not to where it was computed first.
                    !Rematerialization.isCopy(kernel) || contraction.feeds(candidate, members)
                        || members.contains(where: { Rematerialization.isCopy(graph.kernels[$0]) }),
                    let access = contraction.access(candidate, .tiled, tiles: extents),
                    contraction.refusal(of: candidate, access, members) == nil
                else { continue }
                contraction.insert(candidate, access, into: &members)
                changed = true
            }
        }
        return members
    }
}
