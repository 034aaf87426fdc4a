import Graph

/// Which axis of each value numbers the rows of a tile, such as the queries of attention, in a range of a tiled body's nodes.
///
/// It starts from the largest matrix product of the range, whose rows they are, and follows every operation both ways.
struct RowAxes {
    let body: Graph
    let range: Range<Int>
    /// How many leading axes number the tile.
    let depth: Int
    let rowCount: Int
    private var axisOf: [ValueID: Int] = [:]
    private var isConsistent = true

    /// Nil where the range has no product with rows, or where its values disagree about them.
    init?(_ body: Graph, _ range: Range<Int>, depth: Int) {
        self.body = body
        self.range = range
        self.depth = depth
        guard let seed = Self.seed(body, range, depth) else { return nil }
        rowCount = body.type(of: seed).shape[depth]
        axisOf[seed] = depth
        propagate()
        guard isConsistent else { return nil }
    }

    /// The axis of a value of the range that numbers the rows; nil where none does.
    func axis(of value: ValueID) -> Int? { axisOf[value] }

    private static func seed(_ body: Graph, _ range: Range<Int>, _ depth: Int) -> ValueID? {
        let products = range.map { body.nodes[$0] }.filter { node in
            guard case .dot(let dimensions) = node.op, body.type(of: node.result).shape.rank == depth + 2 else { return false }
            // The rows are the left operand's.
            return dimensions.leftBatch.count <= depth
                && dimensions.leftBatch.count + dimensions.leftFree(rank: body.type(of: node.operands[0]).shape.rank).count == depth + 1
        }
        return products.map(\.result).max { body.type(of: $0).elementCount < body.type(of: $1).elementCount }
    }

    private mutating func propagate() {
        var changed = true
        while changed && isConsistent {
            changed = false
            for index in range {
                let node = body.nodes[index]
                guard node.results.count == 1 else { continue }
                if axisOf[node.result] == nil, let axis = resultAxis(node) { changed = assign(axis, to: node.result) || changed }
                guard let axis = axisOf[node.result], let operands = Self.operandAxes(node, axis, body) else { continue }
                for (operand, axis) in zip(node.operands, operands) where isInRange(operand) {
                    if let axis { changed = assign(axis, to: operand) || changed }
                }
            }
        }
    }

    private mutating func assign(_ axis: Int, to value: ValueID) -> Bool {
        guard let known = axisOf[value] else {
            axisOf[value] = axis
            if body.type(of: value).shape[axis] != rowCount { isConsistent = false }
            return true
        }
        if known != axis { isConsistent = false }
        return false
    }

    func isInRange(_ value: ValueID) -> Bool {
        guard case .node(let node, _) = body.values[value.index].definition else { return false }
        return range.contains(node.index)
    }

    /// The axes that number the rows of both operands of a product that adds over them; nil for any other operation.
    func summedAxes(_ node: Graph.Node) -> (left: Int, right: Int)? {
        guard case .dot(let dimensions) = node.op, body.type(of: node.result).elementType == .f32 else { return nil }
        for (left, right) in zip(dimensions.leftContracting, dimensions.rightContracting) {
            let known = [axisOf[node.operands[0]], axisOf[node.operands[1]]]
            // What comes from outside the range has rows where its partner has them.
            guard known.contains(where: { $0 != nil }), known[0] == left || (known[0] == nil && !isInRange(node.operands[0])),
                known[1] == right || (known[1] == nil && !isInRange(node.operands[1]))
            else { continue }
            return (left, right)
        }
        return nil
    }

    /// The result's axis for the axes of the operands that are known.
    private func resultAxis(_ node: Graph.Node) -> Int? {
        for (position, operand) in node.operands.enumerated() where isInRange(operand) {
            guard let axis = axisOf[operand] else { continue }
            let rank = body.type(of: node.result).shape.rank
            // Small ranks: the axis whose rule leads back to the operand's.
            for candidate in 0..<rank where Self.operandAxes(node, candidate, body)?[position] == axis { return candidate }
        }
        return nil
    }

    /// For each operand the axis that numbers the rows where this axis of the result does, nil for one that all rows share; nil
    /// where the operation mixes rows.
    static func operandAxes(_ node: Graph.Node, _ axis: Int, _ body: Graph) -> [Int?]? {
        let shape = body.type(of: node.results[0]).shape
        switch node.op {
        case .unary, .binary, .compare, .select, .convert, .stopGradient: return node.operands.map { _ in axis }
        case .constant(_, .splat): return []
        case .randomUniform: return [nil]
        case .broadcast(_, let axes): return [axes.firstIndex(of: axis)]
        case .transpose(let permutation): return [permutation[axis]]
        case .reduce(_, let axes):
            let kept = (0..<body.type(of: node.operands[0]).shape.rank).filter { !axes.contains($0) }
            return [kept[axis]]
        case .reshape:
            let source = body.type(of: node.operands[0]).shape
            guard source.rank > axis, source.dimensions.prefix(axis + 1) == shape.dimensions.prefix(axis + 1) else { return nil }
            return [axis]
        case .dot(let dimensions):
            let batch = dimensions.leftBatch.count
            let leftFree = dimensions.leftFree(rank: body.type(of: node.operands[0]).shape.rank)
            if axis < batch { return [dimensions.leftBatch[axis], dimensions.rightBatch[axis]] }
            if axis < batch + leftFree.count { return [leftFree[axis - batch], nil] }
            let rightFree = dimensions.rightFree(rank: body.type(of: node.operands[1]).shape.rank)
            return [nil, rightFree[axis - batch - leftFree.count]]
        case .constant, .iota, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan: return nil
        }
    }
}
