import Graph

/// Lays out small matrices that a loop multiplies with vectors so that their longer axis is the one in memory.
///
/// A tensor of 7 × 7 × 7 times a vector along its last axis has 49 results of 7 terms each; transposed, the 49 results lie
/// side by side. The transposition does not change from iteration to iteration and can move out of the loop.
public enum LoopLayouts {
    public static let pass = GraphPass(
        name: "loop-layouts", summary: "Transposes small invariant matrices for the products in loops.", run: run)

    /// A second copy of a larger matrix would take more room in the caches than its layout gains.
    private static let largestMatrix = 1 << 13

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes {
            guard case .scan(var scan) = node.op else {
                try rewriter.copy(node)
                continue
            }
            let invariants = scan.body.inputs[scan.carried..<scan.carried + scan.invariants].map(\.value)
            scan.body = try laidOut(run(scan.body), Set(invariants))
            try rewriter.copy(node, op: .scan(scan))
        }
        return try rewriter.finish()
    }

    private static func laidOut(_ body: Graph, _ invariants: Set<ValueID>) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(body)
        for node in body.nodes {
            guard case .dot(var dimensions) = node.op, dimensions.leftBatch.isEmpty else {
                try rewriter.copy(node)
                continue
            }
            var operands = try rewriter.replacements(of: node.operands)
            let shapes = node.operands.map { body.type(of: $0).shape }
            let isVector = [
                dimensions.leftFree(rank: shapes[0].rank).isEmpty, dimensions.rightFree(rank: shapes[1].rank).isEmpty,
            ]
            for (side, operand) in node.operands.enumerated() where isVector[1 - side] && invariants.contains(operand) {
                let contracting = side == 0 ? dimensions.leftContracting : dimensions.rightContracting
                guard let permutation = permutation(shapes[side], contracting) else { continue }
                operands[side] = try rewriter.builder.append(
                    .transpose(permutation: permutation), [operands[side]], names: ["\(body.name(of: operand)).transposed"])[0]
                let moved = contracting.map { permutation.firstIndex(of: $0) ?? $0 }
                if side == 0 { dimensions.leftContracting = moved } else { dimensions.rightContracting = moved }
            }
            let result = try rewriter.builder.append(.dot(dimensions), operands, names: [body.name(of: node.result)])
            rewriter.replace(node.result, by: result[0])
        }
        return try rewriter.finish()
    }

    /// The order of axes with the longer of the two blocks, contracting and free axes, last; nil where that is so already.
    private static func permutation(_ shape: Shape, _ contracting: [Int]) -> [Int]? {
        let axes = Array(0..<shape.rank)
        let (summed, free) = (axes.filter(contracting.contains), axes.filter { !contracting.contains($0) })
        guard shape.elementCount <= largestMatrix, !summed.isEmpty, !free.isEmpty else { return nil }
        func size(_ block: [Int]) -> Int { block.reduce(1) { $0 * shape[$1] } }
        for (first, last) in [(summed, free), (free, summed)] where first + last == axes {
            return size(last) < size(first) ? last + first : nil
        }
        return nil
    }
}
