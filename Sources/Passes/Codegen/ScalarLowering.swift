import Graph

/// Translates values of a kernel body into scalar expressions at given indices.
struct ScalarLowering {
    let graph: Graph
    /// The buffer of each value in memory.
    private(set) var buffers: BufferMap
    var expression = ScalarExpression()
    /// What has been translated already: a value may be used at many places.
    private var known: [Place: ScalarExpression.ID] = [:]

    private struct Place: Hashable {
        var value: ValueID
        var index: [Affine]
    }

    init(_ graph: Graph, _ buffers: BufferMap) {
        self.graph = graph
        self.buffers = buffers
    }

    /// The element of a value at an index.
    mutating func element(_ value: ValueID, at index: [Affine]) throws(Diagnostic) -> ScalarExpression.ID {
        let type = graph.type(of: value)
        if let buffer = buffers.buffer(of: value) {
            return expression.add(.load(buffer: buffer, offset: .linear(index, strides: buffers.strides(buffer, type.shape))), type.elementType)
        }
        guard let node = graph.definingNode(of: value) else {
            throw Diagnostic("codegen.buffer", graph.name(of: value), "input has no buffer", kind: .compilerBug)
        }
        let place = Place(value: value, index: index)
        if let known = known[place] { return known }
        let element = try element(of: node, at: index)
        known[place] = element
        return element
    }

    /// The element of a node's result, computed rather than loaded.
    mutating func element(of node: Graph.Node, at index: [Affine]) throws(Diagnostic) -> ScalarExpression.ID {
        let type = graph.type(of: node.result)
        switch node.op {
        case .constant(_, .splat(let value)): return expression.add(.literal(bits: value.bitPattern), type.elementType)
        case .constant(_, .dense(let values)):
            let offset = Affine.linear(index, strides: type.shape.strides)
            return expression.add(.load(buffer: buffers.constant(values, type.elementType), offset: offset), type.elementType)
        case .iota(_, let axis): return expression.add(.index(index[axis]), type.elementType)
        case .randomUniform(_, let stream):
            guard let key = buffers.buffer(of: node.operands[0]) else { throw unavailable(node) }
            let position = Affine.linear(index, strides: type.shape.strides)
            return expression.add(.random(keyBuffer: key, stream: stream, position: position), type.elementType)
        case .unary, .binary, .compare, .select, .convert, .stopGradient:
            return try elementwise(node, at: index)
        case .transpose, .broadcast, .slice, .window:
            return try element(node.operands[0], at: Self.operandIndex(node.op, index))
        case .reshape: return try reshaped(node, at: index)
        case .pad(let low, _): return try padded(node, low, at: index)
        case .concatenate(let axis): return try concatenated(node, axis, at: index)
        case .gather: return try gathered(node, at: index)
        case .reduce, .dot, .overlapAdd, .scatterAdd, .matrix, .scan: throw unavailable(node)
        }
    }

    private func unavailable(_ node: Graph.Node) -> Diagnostic {
        Diagnostic(
            "codegen.expression", graph.name(of: node.result), "\(node.op.spelling) cannot be computed inside a loop",
            kind: .compilerBug)
    }

    private mutating func elementwise(_ node: Graph.Node, at index: [Affine]) throws(Diagnostic) -> ScalarExpression.ID {
        var operands: [ScalarExpression.ID] = []
        for operand in node.operands { operands.append(try element(operand, at: index)) }
        let type = graph.type(of: node.result).elementType
        switch node.op {
        case .unary(let op): return expression.add(.unary(op, operands[0]), type)
        case .binary(let op): return expression.add(.binary(op, operands[0], operands[1]), type)
        case .compare(let comparison): return expression.add(.compare(comparison, operands[0], operands[1]), type)
        case .select: return expression.add(.select(operands[0], operands[1], operands[2]), type)
        case .convert: return expression.add(.convert(operands[0]), type)
        case .stopGradient: return operands[0]
        case .constant, .iota, .randomUniform, .reduce, .dot, .transpose, .reshape, .broadcast, .slice, .pad,
            .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            throw unavailable(node)
        }
    }

    /// Where an operation that only moves elements takes its element from.
    static func operandIndex(_ op: Op, _ index: [Affine]) -> [Affine] {
        switch op {
        case .transpose(let permutation):
            var result = index
            for (position, axis) in permutation.enumerated() { result[axis] = index[position] }
            return result
        case .broadcast(_, let axes): return axes.map { index[$0] }
        case .slice(let starts, _, let strides):
            return index.indices.map { index[$0].scaled(by: strides[$0]).adding(starts[$0]) }
        case .window(let axis, _):
            var result = index
            let offset = result.remove(at: axis + 1)
            result[axis] = result[axis].adding(offset)
            return result
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot,
            .reshape, .pad, .concatenate, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return index
        }
    }

    /// A reshape keeps the row-major position, so its operand must be in memory.
    private mutating func reshaped(_ node: Graph.Node, at index: [Affine]) throws(Diagnostic) -> ScalarExpression.ID {
        guard let buffer = buffers.buffer(of: node.operands[0]) else { throw unavailable(node) }
        let type = graph.type(of: node.result)
        return expression.add(.load(buffer: buffer, offset: .linear(index, strides: buffers.strides(buffer, type.shape))), type.elementType)
    }

    private mutating func padded(
        _ node: Graph.Node, _ low: [Int], at index: [Affine]
    ) throws(Diagnostic) -> ScalarExpression.ID {
        let extents = graph.type(of: node.operands[0]).shape.dimensions
        let target = graph.type(of: node.result).shape.dimensions
        let source = zip(index, low).map { $0.adding(-$1) }
        let value = try element(node.operands[0], at: source)
        let conditions = source.indices.filter { extents[$0] != target[$0] }.map {
            ScalarExpression.Condition(position: source[$0], lower: 0, upper: extents[$0])
        }
        let alternative = ScalarExpression.Alternative(conditions: conditions, value: value)
        return expression.add(.firstOf([alternative]), graph.type(of: node.result).elementType)
    }

    private mutating func concatenated(
        _ node: Graph.Node, _ axis: Int, at index: [Affine]
    ) throws(Diagnostic) -> ScalarExpression.ID {
        var alternatives: [ScalarExpression.Alternative] = []
        var start = 0
        for operand in node.operands {
            let limit = start + graph.type(of: operand).shape[axis]
            var source = index
            source[axis] = index[axis].adding(-start)
            let value = try element(operand, at: source)
            let condition = ScalarExpression.Condition(position: index[axis], lower: start, upper: limit)
            alternatives.append(ScalarExpression.Alternative(conditions: [condition], value: value))
            start = limit
        }
        return expression.add(.firstOf(alternatives), graph.type(of: node.result).elementType)
    }

    private mutating func gathered(_ node: Graph.Node, at index: [Affine]) throws(Diagnostic) -> ScalarExpression.ID {
        let type = graph.type(of: node.operands[0])
        guard let buffer = buffers.buffer(of: node.operands[0]) else { throw unavailable(node) }
        let row = try element(node.operands[1], at: [index[0]])
        let strides = buffers.strides(buffer, type.shape)
        let offset = Affine.linear(Array(index.dropFirst()), strides: Array(strides.dropFirst()))
        return expression.add(
            .loadRow(buffer: buffer, row: row, rows: type.shape[0], rowStride: strides[0], offset: offset),
            type.elementType)
    }
}
