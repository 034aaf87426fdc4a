import Graph

/// Cuts what attention does on one tile into blocks of rows, so that scores stay in the cache and scratch memory does not grow
/// with the product of the sequences' lengths.
public enum RowBlocking {
    public static let pass = Pass<KernelGraph, KernelGraph>(
        name: "rows", summary: "Runs attention inside a tile by blocks of query rows.", run: run)

    /// What one block's part of the largest value should take, in bytes: a few of them share the second-level cache.
    private static let wantedBytes = 128 << 10
    /// Fewer rows than this do not keep a register block busy.
    private static let fewestRows = 12

    static func run(_ graph: KernelGraph) throws(Diagnostic) -> KernelGraph {
        var result = graph
        for (index, kernel) in graph.kernels.enumerated() {
            guard let tiling = kernel.tiling, tiling.blocks.isEmpty else { continue }
            let blocked = try block(kernel, tiling)
            result.kernels[index] = blocked.kernel
            result.decisions += blocked.decisions
        }
        return result
    }

    private static func block(
        _ kernel: KernelGraph.Kernel, _ tiling: Tiling
    ) throws(Diagnostic) -> (kernel: KernelGraph.Kernel, decisions: [FusionDecision]) {
        let body = kernel.body
        let depth = tiling.axes + (tiling.inner.isEmpty ? 0 : 1)
        var blocked = BlockedBody(body)
        var decisions: [FusionDecision] = []
        for range in tiling.inner.isEmpty ? [body.nodes.indices] : tiling.inner {
            guard let region = RowRegion(body, range, depth: depth), let rows = rows(region, body, depth) else {
                try blocked.append(range)
                continue
            }
            try blocked.append(range, region, rows: rows)
            decisions.append(
                FusionDecision(
                    value: kernel.name, outcome: .fused,
                    reason: "its \(region.axes.rowCount) rows are taken \(rows) at a time, so that they stay in the cache"))
        }
        guard !blocked.blocks.isEmpty else { return (kernel, []) }
        var result = kernel
        result.body = try blocked.finish()
        result.body.name = kernel.body.name
        result.tiling?.blocks = blocked.blocks
        if !tiling.inner.isEmpty { result.tiling?.inner = blocked.inner }
        return (result, decisions)
    }

    /// How many rows to take at once; nil where all of them fit.
    private static func rows(_ region: RowRegion, _ body: Graph, _ depth: Int) -> Int? {
        let uses = UseIndex(body)
        let rowBytes = region.nodes.map { index -> Int in
            let value = body.nodes[index].result
            let isLocal = !uses.isOutput[value.index] && uses.users[value.index].allSatisfy { region.contains($0.index) }
            guard isLocal, region.axes.axis(of: value) != nil else { return 0 }
            let type = body.type(of: value)
            return type.with(shape: Shape(Array(type.shape.dimensions.dropFirst(depth)))).byteCount / region.axes.rowCount
        }.max() ?? 0
        guard rowBytes > 0 else { return nil }
        let count = region.axes.rowCount
        let fitting = max(fewestRows, wantedBytes / rowBytes)
        guard fitting < count else { return nil }
        let blocks = (count + fitting - 1) / fitting
        // Equal blocks need no code for a shorter last one.
        for candidate in blocks...2 * blocks where count % candidate == 0 { return count / candidate }
        return (count + blocks - 1) / blocks
    }
}

/// A body whose nodes are being put in an order in which blocks of rows stand together.
private struct BlockedBody {
    private let body: Graph
    private var rewriter: GraphRewriter
    private var next = 0
    private(set) var inner: [Range<Int>] = []
    private(set) var blocks: [Tiling.RowBlocks] = []

    /// Sums with fewer columns are made transposed, so that vectors run along the longer side.
    private static let fewColumns = 16

    init(_ body: Graph) {
        self.body = body
        rewriter = GraphRewriter(body)
    }

    private var count: Int { rewriter.builder.graph.nodes.count }

    /// Appends an inner range as it is, and what stands before it.
    mutating func append(_ range: Range<Int>) throws(Diagnostic) {
        try copy(next..<range.lowerBound)
        let start = count
        try copy(range)
        inner.append(start..<count)
        next = range.upperBound
    }

    /// Appends an inner range with its blocks of rows together.
    mutating func append(_ range: Range<Int>, _ region: RowRegion, rows: Int) throws(Diagnostic) {
        try copy(next..<range.lowerBound)
        let start = count
        try copy(region.before)
        let blockStart = count
        var turned: [(sum: Graph.Node, value: ValueID)] = []
        for index in region.nodes {
            let node = body.nodes[index]
            if region.axes.summedAxes(node) != nil, let swapped = swapped(node) {
                let operands = try rewriter.replacements(of: [node.operands[1], node.operands[0]])
                let name = "\(body.name(of: node.result)).turned"
                turned.append((node, try rewriter.builder.append(.dot(swapped), operands, names: [name])[0]))
            } else {
                try rewriter.copy(node)
            }
        }
        blocks.append(Tiling.RowBlocks(nodes: blockStart..<count, rows: rows))
        for (node, value) in turned { try turnBack(node, value) }
        try copy(region.after)
        inner.append(start..<count)
        next = range.upperBound
    }

    mutating func finish() throws(Diagnostic) -> Graph {
        try copy(next..<body.nodes.count)
        return try rewriter.finish()
    }

    private mutating func copy(_ nodes: some Sequence<Int>) throws(Diagnostic) {
        for index in nodes { try rewriter.copy(body.nodes[index]) }
    }

    /// The dimensions of a sum with its operands exchanged; nil where its columns are many enough.
    private func swapped(_ node: Graph.Node) -> DotDimensions? {
        guard case .dot(let dimensions) = node.op else { return nil }
        let shape = body.type(of: node.result).shape.dimensions.dropFirst(dimensions.leftBatch.count)
        guard shape.count == 2, let columns = shape.last, let rows = shape.first, columns <= Self.fewColumns, rows > columns else {
            return nil
        }
        var result = dimensions
        (result.leftBatch, result.rightBatch) = (dimensions.rightBatch, dimensions.leftBatch)
        (result.leftContracting, result.rightContracting) = (dimensions.rightContracting, dimensions.leftContracting)
        return result
    }

    private mutating func turnBack(_ node: Graph.Node, _ value: ValueID) throws(Diagnostic) {
        let rank = body.type(of: node.result).shape.rank
        let permutation = Array(0..<rank - 2) + [rank - 1, rank - 2]
        let back = try rewriter.builder.append(.transpose(permutation: permutation), [value], names: [body.name(of: node.result)])[0]
        rewriter.replace(node.result, by: back)
    }
}
