import Graph

/// How a kernel reads its operands relative to the leading axes of its result.
///
/// A kernel is computed tile by tile along its result's first axes. An operand is *aligned* if a tile reads only the
/// operand's tile of the same number; then both can be computed one after the other without a barrier between them.
struct TileAccess {
    /// For each operand whether every access is aligned.
    let isAligned: [Bool]

    /// Nil where the kernel's form does not allow tiles.
    init?(_ kernel: KernelGraph.Kernel, axes: Int) {
        guard kernel.results.count == 1, let root = kernel.body.nodes.last, kernel.body.type(of: root.result).shape.rank >= axes
        else { return nil }
        switch kernel.form {
        case .pointwise, .reduction, .product: break
        case .accumulation, .loop, .tiles: return nil
        }
        var walk = AccessWalk(body: kernel.body, axes: axes)
        walk.visitRoot(root)
        guard walk.isRegular else { return nil }
        isAligned = kernel.body.inputs.map { walk.isAligned[$0.value.index] }
    }
}

/// Follows the indices of all accesses through a body.
private struct AccessWalk {
    let body: Graph
    let axes: Int
    private(set) var isAligned: [Bool]
    private(set) var isRegular = true

    init(body: Graph, axes: Int) {
        self.body = body
        self.axes = axes
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
        case .reshape:
            let source = body.type(of: root.operands[0]).shape
            if Array(source.dimensions.prefix(axes)) == Array(result.dimensions.prefix(axes)), source.rank >= axes {
                visit(root.operands[0], Array(index.prefix(axes)) + (axes..<source.rank).map { Affine(variable: result.rank + $0) })
            } else {
                isRegular = false
            }
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose,
            .broadcast, .slice, .pad, .concatenate, .window, .gather:
            visitOperands(root, index)
        case .overlapAdd, .scatterAdd, .scan:
            isRegular = false
        }
    }

    private mutating func visit(_ value: ValueID, _ index: [Affine]) {
        guard let node = body.definingNode(of: value) else {
            let leading = index.prefix(axes).enumerated().allSatisfy { $0.element == Affine(variable: $0.offset) }
            let rest = index.dropFirst(axes).allSatisfy { affine in affine.terms.allSatisfy { $0.variable >= axes } }
            if !(index.count >= axes && leading && rest) { isAligned[value.index] = false }
            return
        }
        visitOperands(node, index)
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
        case .reshape, .reduce, .dot, .overlapAdd, .scatterAdd, .scan:
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
