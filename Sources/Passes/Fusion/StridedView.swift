import Graph

/// A value seen as strides over the memory of another, as windows, transpositions and slices of it are.
struct StridedView: Hashable {
    /// The value in memory.
    let source: ValueID
    /// Where the first element lies, in elements.
    let offset: Int
    let extents: [Int]
    let strides: [Int]

    /// Nil where something else than strides stands between the value and memory.
    init?(of value: ValueID, _ graph: Graph, isInMemory: (ValueID) -> Bool) {
        let shape = graph.type(of: value).shape
        var index = shape.dimensions.indices.map { Affine(variable: $0) }
        var current = value
        while !isInMemory(current) {
            guard let node = graph.definingNode(of: current), Self.isStrided(node.op) else { return nil }
            index = ScalarLowering.operandIndex(node.op, index)
            current = node.operands[0]
        }
        let position = Affine.linear(index, strides: graph.type(of: current).shape.strides)
        source = current
        offset = position.constant
        extents = shape.dimensions
        strides = shape.dimensions.indices.map { position.coefficient(of: $0) }
    }

    /// The same elements in memory of their own, with the axes in another order.
    init(copying view: StridedView, permutation: [Int]) {
        source = view.source
        offset = 0
        extents = permutation.map { view.extents[$0] }
        strides = Shape(extents).strides
    }

    /// Whether an operation's result is its operand with other strides; overlapping windows share elements.
    static func isStrided(_ op: Op) -> Bool {
        switch op {
        case .transpose, .slice, .window: true
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot,
            .reshape, .broadcast, .pad, .concatenate, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            false
        }
    }

    /// What a matrix product reads, or nil where an operand is not strides over memory.
    static func operands(
        of product: Graph.Node, _ graph: Graph, isInMemory: (ValueID) -> Bool
    ) -> (left: StridedView, right: StridedView)? {
        guard let left = StridedView(of: product.operands[0], graph, isInMemory: isInMemory),
            let right = StridedView(of: product.operands[1], graph, isInMemory: isInMemory)
        else { return nil }
        return (left, right)
    }
}
