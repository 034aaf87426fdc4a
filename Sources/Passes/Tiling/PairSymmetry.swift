import Graph

/// Which matrices equal their transposes, such as the distances of the rows of one matrix from each other.
struct PairSymmetry {
    private let graph: Graph
    private var known: [Pair: Bool] = [:]
    /// Bounds the recursion.
    private static let deepest = 64

    private struct Pair: Hashable {
        var first: ValueID
        var second: ValueID
    }

    init(_ graph: Graph) { self.graph = graph }

    mutating func isSymmetric(_ value: ValueID) -> Bool {
        let shape = graph.type(of: value).shape
        return shape.rank == 2 && shape[0] == shape[1] && isMirror(value, value, depth: 0)
    }

    /// Whether one matrix is the transpose of the other by the way they are computed.
    private mutating func isMirror(_ first: ValueID, _ second: ValueID, depth: Int) -> Bool {
        guard depth < Self.deepest, let a = graph.definingNode(of: first), let b = graph.definingNode(of: second) else { return false }
        let pair = Pair(first: first, second: second)
        if let result = known[pair] { return result }
        let result = compute(a, b, depth: depth + 1)
        known[pair] = result
        return result
    }

    private mutating func compute(_ a: Graph.Node, _ b: Graph.Node, depth: Int) -> Bool {
        switch a.op {
        case .constant(_, .splat): return a.op == b.op
        case .broadcast(_, let axes):
            guard case .broadcast(_, let others) = b.op else { return false }
            return a.operands == b.operands && axes.count <= 1 && axes.map { 1 - $0 } == others
        case .dot(let dimensions):
            guard case .dot(let others) = b.op else { return false }
            return a.operands == b.operands.reversed() && dimensions.leftBatch.isEmpty && others.leftBatch.isEmpty
                && dimensions.leftContracting == others.rightContracting && dimensions.rightContracting == others.leftContracting
        case .unary, .convert, .select, .compare: return a.op == b.op && areMirrors(a.operands, b.operands, depth)
        case .binary(let op):
            guard a.op == b.op else { return false }
            return areMirrors(a.operands, b.operands, depth)
                || (Self.commutes(op) && areMirrors(a.operands, b.operands.reversed(), depth))
        case .constant(_, .dense), .iota, .randomUniform, .stopGradient, .reduce, .transpose, .reshape, .slice, .pad, .concatenate,
            .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return false
        }
    }

    private mutating func areMirrors(_ first: [ValueID], _ second: [ValueID], _ depth: Int) -> Bool {
        for (a, b) in zip(first, second) where !isMirror(a, b, depth: depth) { return false }
        return true
    }

    private static func commutes(_ op: BinaryOp) -> Bool {
        switch op {
        case .add, .multiply, .maximum, .minimum, .logicalAnd, .logicalOr: true
        case .subtract, .divide, .power: false
        }
    }
}
