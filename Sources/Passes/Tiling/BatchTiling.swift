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
    /// Samples of fewer rows are taken together, so that products keep vector units busy.
    private static let fewestRows = 4
    /// Into how many parts a batch of small samples is cut: enough for a few threads, few enough to share the weights.
    private static let wantedParts = 4
    /// Bounds what one sample's values take in the cache.
    private static let largestTileBytes = 4 << 20

    static func run(_ graph: KernelGraph) throws(Diagnostic) -> KernelGraph {
        var contraction = Contraction(graph, axes: 1)
        let attention = graph.kernels.indices.filter { graph.kernels[$0].form == .tiles }
        let products = graph.kernels.indices.filter { rows(graph.kernels[$0], graph) != nil }
        var refusals: [Int: String] = [:]
        for seed in attention + products where !contraction.isTaken(seed) {
            let group = grow(seed, graph, &contraction, &refusals)
            if group.count > 1 { contraction.contract(group) }
        }
        var result = try contraction.rebuilt()
        for (kernel, reason) in refusals.sorted(by: { $0.key < $1.key }) where !contraction.isTaken(kernel) {
            result.decisions.append(
                FusionDecision(value: graph.kernels[kernel].name, outcome: .materialized, reason: reason))
        }
        return result
    }

    /// How many rows of every sample a kernel multiplies, by a matrix that all samples share or in attention; nil if it does
    /// something else.
    private static func rows(_ kernel: KernelGraph.Kernel, _ graph: KernelGraph) -> Int? {
        let type = graph.type(of: kernel.results[0])
        if kernel.form == .tiles {
            return kernel.results.map { graph.type(of: $0).shape }.filter { $0.rank >= 3 }.map { $0[2] }.min()
        }
        guard kernel.form == .product, type.elementType == .f32, let root = kernel.body.nodes.last,
            case .dot(let dimensions) = root.op, dimensions.leftBatch.isEmpty, kernel.body.definingNode(of: root.operands[0]) == nil,
            type.shape.rank >= 2, kernel.body.type(of: root.operands[0]).shape.dimensions.prefix(1) == type.shape.dimensions.prefix(1)
        else { return nil }
        return type.shape.dimensions.dropFirst().dropLast().reduce(1, *)
    }

    /// Parts of equal size, at most the wanted number.
    private static func parts(of count: Int) -> Int {
        (1...wantedParts).last { count % $0 == 0 } ?? 1
    }

    private static func isReturned(_ kernel: KernelGraph.Kernel, _ graph: KernelGraph) -> Bool {
        graph.outputs.contains { kernel.results.contains(graph.storage(of: $0.tensor)) }
    }

    /// Adds neighbours of a seed as long as the whole can run sample by sample.
    private static func grow(
        _ seed: Int, _ graph: KernelGraph, _ contraction: inout Contraction, _ refusals: inout [Int: String]
    ) -> TileGroup {
        let tiles = Array(graph.type(of: graph.kernels[seed].results[0]).shape.dimensions.prefix(1))
        let isSmall = (rows(graph.kernels[seed], graph) ?? fewestRows) < fewestRows
        var group = TileGroup(tiles: tiles, parts: isSmall ? parts(of: tiles[0]) : nil)
        guard tiles[0] > 1, !isSmall || !isReturned(graph.kernels[seed], graph),
            let access = contraction.access(seed, .tiled, tiles: tiles)
        else { return group }
        contraction.insert(seed, access, into: &group)
        var changed = true
        while changed {
            changed = false
            for candidate in contraction.neighbours(of: group)
            where !contraction.isTaken(candidate) && group.count < largestKernelCount {
                switch admission(candidate, seed, group, &contraction) {
                case .joins(let access):
                    contraction.insert(candidate, access, into: &group)
                    changed = true
                case .refused(let reason):
                    refusals[candidate] = "not in the kernel of \(graph.kernels[seed].name): \(reason)"
                }
            }
        }
        return group
    }

    private enum Admission {
        case joins(TileAccess)
        case refused(String)
    }

    /// How a candidate would join the group, or why it can't or should not.
    private static func admission(
        _ candidate: Int, _ seed: Int, _ group: TileGroup, _ contraction: inout Contraction
    ) -> Admission {
        let graph = contraction.graph
        let kernel = graph.kernels[candidate]
        // One attention per kernel: layers then have equal kernels, which share their code.
        if kernel.form == .tiles { return .refused("it is another attention") }
        let feeds = contraction.feeds(candidate, group)
        // What others need early as well is computed once, outside.
        if feeds, let reader = contraction.consumers[candidate].first(where: {
            !group.contains($0) && !contraction.depends($0, on: seed)
        }) {
            return .refused("\(graph.kernels[reader].name) needs it early, too")
        }
        let isLate = Recomputation.isCopy(kernel, graph) && !Recomputation.isCopy(graph.kernels[seed], graph)
        if (isLate || Rematerialization.isCopy(kernel)) && !feeds { return .refused("it is computed again for other readers") }
        if group.parts != nil && isReturned(kernel, graph) {
            return .refused("a result of parts is a view of what the kernel writes, and outputs are not views")
        }
        var reason = "it does not treat every sample alike"
        // Sums over few rows are better made at once, for the whole batch.
        for role in group.parts == nil ? [TileAccess.Role.tiled, .sum] : [.tiled] {
            guard let access = contraction.access(candidate, role, tiles: group.tiles) else { continue }
            guard suits(kernel, role, group, graph) else {
                reason = "its form does not run sample by sample"
                continue
            }
            guard let refusal = contraction.refusal(of: candidate, access, group) else { return .joins(access) }
            reason = refusal
        }
        return .refused(reason)
    }

    private static func suits(
        _ kernel: KernelGraph.Kernel, _ role: TileAccess.Role, _ group: TileGroup, _ graph: KernelGraph
    ) -> Bool {
        let type = graph.type(of: kernel.results[0])
        switch role {
        case .tiled:
            guard type.byteCount / group.tiles[0] <= largestTileBytes else { return false }
            switch kernel.form {
            case .product: return rows(kernel, graph).map { ($0 < fewestRows) == (group.parts != nil) } ?? false
            case .pointwise: return true
            case .reduction:
                if case .dot? = kernel.body.nodes.last?.op { return false }
                return true
            case .accumulation, .matrices, .loop, .tiles: return false
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
