import Graph

/// Joins kernels that treat every sample of a batch alike into one kernel per sample.
///
/// Between the joined kernels activations stay in a thread's cache and no barrier is needed. Sums over the batch, such as
/// gradients of weights, become partial sums of a fixed number of tasks, so that results do not depend on the threads.
public enum BatchTiling {
    public static let pass = Pass<KernelGraph, KernelGraph>(
        name: "batch", summary: "Joins kernels over the same samples into one kernel per sample.", run: run)

    /// Bounds the code of one kernel.
    private static let largestKernelCount = 160
    /// A sample has at least this many rows, so that its products keep vector units busy.
    private static let fewestRows = 4
    /// Bounds what one sample's values take in the cache.
    private static let largestTileBytes = 4 << 20

    static func run(_ graph: KernelGraph) throws(Diagnostic) -> KernelGraph {
        var contraction = Contraction(graph, axes: 1)
        let attention = graph.kernels.indices.filter { graph.kernels[$0].form == .tiles }
        let products = graph.kernels.indices.filter { isProduct(graph.kernels[$0], graph) }
        for seed in attention + products where !contraction.isTaken(seed) {
            let group = grow(seed, graph, &contraction)
            if group.count > 1 { contraction.contract(group) }
        }
        return try contraction.rebuilt()
    }

    /// Whether a kernel multiplies the rows of every sample by a matrix that all samples share.
    private static func isProduct(_ kernel: KernelGraph.Kernel, _ graph: KernelGraph) -> Bool {
        guard kernel.form == .product, let root = kernel.body.nodes.last, case .dot(let dimensions) = root.op,
            dimensions.leftBatch.isEmpty, kernel.body.definingNode(of: root.operands[0]) == nil
        else { return false }
        let shape = graph.type(of: kernel.results[0]).shape
        return shape.rank >= 3 && shape[1] >= fewestRows && graph.type(of: kernel.results[0]).elementType == .f32
    }

    /// Adds neighbours of a seed as long as the whole can run sample by sample.
    private static func grow(_ seed: Int, _ graph: KernelGraph, _ contraction: inout Contraction) -> TileGroup {
        let tiles = Array(graph.type(of: graph.kernels[seed].results[0]).shape.dimensions.prefix(1))
        var group = TileGroup(tiles: tiles)
        guard tiles[0] > 1, let access = contraction.access(seed, .tiled, tiles: tiles) else { return group }
        contraction.insert(seed, access, into: &group)
        var changed = true
        while changed {
            changed = false
            for candidate in contraction.neighbours(of: group)
            where !contraction.isTaken(candidate) && group.count < largestKernelCount {
                guard let access = admission(candidate, seed, group, &contraction) else { continue }
                contraction.insert(candidate, access, into: &group)
                changed = true
            }
        }
        return group
    }

    /// How a candidate would join the group; nil if it can't or should not.
    private static func admission(
        _ candidate: Int, _ seed: Int, _ group: TileGroup, _ contraction: inout Contraction
    ) -> TileAccess? {
        let graph = contraction.graph
        let kernel = graph.kernels[candidate]
        // One attention per kernel: layers then have equal kernels, which share their code.
        if kernel.form == .tiles { return nil }
        let feeds = contraction.feeds(candidate, group)
        // What others need early as well is computed once, outside.
        if feeds && contraction.consumers[candidate].contains(where: { !group.contains($0) && !contraction.depends($0, on: seed) }) {
            return nil
        }
        if Rematerialization.isCopy(kernel) && !feeds { return nil }
        for role in [TileAccess.Role.tiled, .sum] {
            guard let access = contraction.access(candidate, role, tiles: group.tiles), suits(kernel, role, graph, group.tiles[0]),
                contraction.canJoin(candidate, access, group)
            else { continue }
            return access
        }
        return nil
    }

    private static func suits(_ kernel: KernelGraph.Kernel, _ role: TileAccess.Role, _ graph: KernelGraph, _ count: Int) -> Bool {
        let type = graph.type(of: kernel.results[0])
        switch role {
        case .tiled:
            guard type.byteCount / count <= largestTileBytes else { return false }
            switch kernel.form {
            case .product: return isProduct(kernel, graph)
            case .pointwise: return true
            case .reduction:
                if case .dot? = kernel.body.nodes.last?.op { return false }
                return true
            case .accumulation, .loop, .tiles: return false
            }
        case .sum:
            guard type.elementType == .f32 || type.elementType == .f64 else { return false }
            if let root = kernel.body.nodes.last, case .dot(let dimensions) = root.op {
                // Rows of a sample are what the product adds over; without them a sample's part is an outer product.
                return type.elementType == .f32 && dimensions.leftContracting == [0, 1] && dimensions.rightContracting == [0, 1]
                    && type.shape.rank == 2 && kernel.form == .product
                    && root.operands.allSatisfy { kernel.body.definingNode(of: $0) == nil }
            }
            return type.shape.rank >= 1
        }
    }
}
