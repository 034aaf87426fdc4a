import Graph

/// How a kernel reads its operands when it is computed tile by tile along a leading axis.
///
/// An operand is *aligned* if a tile reads only the operand's tile of the same number; then both can be computed one after
/// the other without a barrier between them.
struct TileAccess: Hashable {
    enum Role: Hashable {
        /// Every tile has its part of the result.
        case tiled
        /// The result is a sum over all tiles.
        case sum
    }

    let role: Role
    /// For each operand whether every access is aligned.
    let isAligned: [Bool]

    /// The access of a kernel whose results' leading axes number the tiles; nil where its form does not allow tiles.
    init?(_ kernel: KernelGraph.Kernel, axes: Int) {
        let body = kernel.body
        guard kernel.body.outputs.allSatisfy({ body.type(of: $0.value).shape.rank >= axes }) else { return nil }
        var walk = AccessWalk(body: body, tileVariables: Array(0..<axes))
        switch kernel.form {
        case .pointwise, .reduction, .product:
            guard let root = body.nodes.last else { return nil }
            walk.visitRoot(root)
        case .tiles:
            guard let tiling = kernel.tiling, tiling.axes > axes, tiling.tasks == nil else { return nil }
            let materialization = Materialization(body, productsReadInPlace: false)
            let roots = body.nodes.filter { materialization.placement($0.results[0]) == .memory }
            walk.inMemory = Set(roots.flatMap(\.results))
            for root in roots { walk.visitRoot(root) }
        case .accumulation, .matrices, .loop: return nil
        }
        guard walk.isRegular else { return nil }
        role = .tiled
        isAligned = body.inputs.map { walk.isAligned[$0.value.index] }
    }

    /// The access of a kernel that adds over the first axis of its operands, whose extent is `count`; nil for any other.
    init?(sumOf kernel: KernelGraph.Kernel, count: Int) {
        let body = kernel.body
        guard kernel.results.count == 1, let root = body.nodes.last, AxisCut.supports(body) else { return nil }
        let variable: Int
        switch root.op {
        case .dot(let dimensions):
            let shapes = root.operands.map { body.type(of: $0).shape }
            guard dimensions.leftBatch.isEmpty, let position = dimensions.leftContracting.firstIndex(of: 0),
                dimensions.rightContracting[position] == 0, shapes[0][0] == count, shapes.allSatisfy({ $0.rank >= 2 })
            else { return nil }
            variable = DotIndices(dimensions, shapes.map(\.rank)).contracting[position]
        case .reduce(.sum, let axes):
            let shape = body.type(of: root.operands[0]).shape
            guard axes.first == 0, shape[0] == count, shape.rank >= 2 else { return nil }
            variable = shape.rank - axes.count
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return nil
        }
        var walk = AccessWalk(body: body, tileVariables: [variable])
        walk.visitRoot(root)
        guard walk.isRegular else { return nil }
        role = .sum
        isAligned = body.inputs.map { walk.isAligned[$0.value.index] }
    }
}

/// Follows the indices of all accesses through a body.
private struct AccessWalk {
    let body: Graph
    /// The loop variables that number the tile.
    let tileVariables: [Int]
    /// Values that an operation of the body writes to memory before others read them.
    var inMemory: Set<ValueID> = []
    private(set) var isAligned: [Bool]
    private(set) var isRegular = true
    /// Variables of loops that no index of a tile mentions.
    private var nextFreeVariable = 1000

    init(body: Graph, tileVariables: [Int]) {
        self.body = body
        self.tileVariables = tileVariables
        isAligned = [Bool](repeating: true, count: body.values.count)
    }

    mutating func visitRoot(_ root: Graph.Node) {
        let result = body.type(of: root.result).shape
        let index = (0..<result.rank).map { Affine(variable: $0) }
        switch root.op {
        case .reduce(_, let reduced):
            let rank = body.type(of: root.operands[0]).shape.rank
            var next = 0
            var inner = result.rank
            let operand = (0..<rank).map { axis -> Affine in
                if reduced.contains(axis) {
                    inner += 1
                    return Affine(variable: inner - 1)
                }
                next += 1
                return index[next - 1]
            }
            visit(root.operands[0], operand)
        case .dot(let dimensions):
            let indices = DotIndices(dimensions, root.operands.map { body.type(of: $0).shape.rank })
            visit(root.operands[0], indices.left)
            visit(root.operands[1], indices.right)
        case .reshape: visitReshaped(root, index)
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose,
            .broadcast, .slice, .pad, .concatenate, .window, .gather:
            visitOperands(root, index)
        case .overlapAdd, .scatterAdd, .matrix, .scan:
            isRegular = false
        }
    }

    private mutating func visit(_ value: ValueID, _ index: [Affine]) {
        guard let node = body.definingNode(of: value), !inMemory.contains(value) else {
            let count = tileVariables.count
            let leading = zip(index, tileVariables).allSatisfy { $0 == Affine(variable: $1) }
            let rest = index.dropFirst(count).allSatisfy { affine in
                affine.terms.allSatisfy { !tileVariables.contains($0.variable) }
            }
            guard !(index.count >= count && leading && rest) else { return }
            isAligned[value.index] = false
            if inMemory.contains(value) { isRegular = false }
            return
        }
        visitOperands(node, index)
    }

    /// A reshape that leaves the tile axes as they are moves elements within the tile only.
    private mutating func visitReshaped(_ node: Graph.Node, _ index: [Affine]) {
        let count = tileVariables.count
        let source = body.type(of: node.operands[0]).shape.dimensions
        let result = body.type(of: node.result).shape.dimensions
        guard source.count >= count, source.prefix(count) == result.prefix(count) else {
            isRegular = false
            return
        }
        let rest = source.indices.dropFirst(count).map { Affine(variable: nextFreeVariable + $0) }
        nextFreeVariable += source.count
        visit(node.operands[0], Array(index.prefix(count)) + rest)
    }

    private mutating func visitOperands(_ node: Graph.Node, _ index: [Affine]) {
        switch node.op {
        case .constant, .iota: return
        case .randomUniform: isAligned[node.operands[0].index] = false
        case .unary, .binary, .compare, .select, .convert, .stopGradient:
            for operand in node.operands { visit(operand, index) }
        case .transpose, .broadcast, .slice, .window:
            visit(node.operands[0], ScalarLowering.operandIndex(node.op, index))
        case .pad(let low, _): visit(node.operands[0], zip(index, low).map { $0.adding(-$1) })
        case .concatenate(let axis):
            var start = 0
            for operand in node.operands {
                var source = index
                source[axis] = index[axis].adding(-start)
                visit(operand, source)
                start += body.type(of: operand).shape[axis]
            }
        case .gather:
            isAligned[node.operands[0].index] = false
            visit(node.operands[1], [index[0]])
        case .reshape: visitReshaped(node, index)
        case .reduce, .dot, .overlapAdd, .scatterAdd, .matrix, .scan:
            // Such a value is in memory; a body holds it only as its root.
            isRegular = false
        }
    }
}

/// The loop variables of a matrix product: the result's axes first, then the contracting ones.
struct DotIndices {
    let left: [Affine]
    let right: [Affine]
    /// Variables of the contracting axes.
    let contracting: [Int]

    init(_ dimensions: DotDimensions, _ ranks: [Int]) {
        let leftFree = dimensions.leftFree(rank: ranks[0])
        let rightFree = dimensions.rightFree(rank: ranks[1])
        var left = [Affine](repeating: Affine(constant: 0), count: ranks[0])
        var right = [Affine](repeating: Affine(constant: 0), count: ranks[1])
        var variable = 0
        func next() -> Affine {
            variable += 1
            return Affine(variable: variable - 1)
        }
        for (a, b) in zip(dimensions.leftBatch, dimensions.rightBatch) {
            left[a] = next()
            right[b] = left[a]
        }
        for axis in leftFree { left[axis] = next() }
        for axis in rightFree { right[axis] = next() }
        let first = variable
        for (a, b) in zip(dimensions.leftContracting, dimensions.rightContracting) {
            left[a] = next()
            right[b] = left[a]
        }
        self.left = left
        self.right = right
        contracting = Array(first..<variable)
    }
}
