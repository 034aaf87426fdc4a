import Graph

/// How operations look when the first axis of their result, [B, …], is cut into [parts, B / parts, …].
struct CutRules {
    let body: Graph
    let parts: Int

    func shape(_ shape: Shape) -> Shape {
        Shape([parts, shape[0] / parts] + shape.dimensions.dropFirst())
    }

    /// For each operand whether its first axis is cut as well; nil where the operation has no cut form.
    func operandsAreCut(_ node: Graph.Node) -> [Bool]? {
        switch node.op {
        case .unary, .binary, .compare, .select, .convert, .stopGradient: return node.operands.map { _ in true }
        case .constant(_, .splat): return []
        case .constant(_, .dense): return nil
        case .iota(_, let axis): return axis == 0 ? nil : []
        case .randomUniform: return [false]
        case .broadcast(_, let axes): return axes.dropFirst().contains(0) ? nil : [axes.first == 0]
        case .reduce(_, let axes): return axes.contains(0) ? nil : [true]
        case .dot(let dimensions):
            if dimensions.leftBatch.first == 0 { return dimensions.rightBatch.first == 0 ? [true, true] : nil }
            let isFree = dimensions.leftBatch.isEmpty && !dimensions.leftContracting.contains(0)
            return isFree ? [true, false] : nil
        case .transpose(let permutation): return permutation.first == 0 ? [true] : nil
        case .reshape(let target): return body.type(of: node.operands[0]).shape.dimensions.first == target[0] ? [true] : nil
        case .slice(let starts, let limits, let strides):
            return starts[0] == 0 && strides[0] == 1 && limits[0] == body.type(of: node.operands[0]).shape[0] ? [true] : nil
        case .pad(let low, let high): return low[0] == 0 && high[0] == 0 ? [true] : nil
        case .concatenate(let axis): return axis == 0 ? nil : node.operands.map { _ in true }
        case .window(let axis, _): return axis == 0 ? nil : [true]
        case .overlapAdd, .gather, .scatterAdd, .matrix, .scan: return nil
        }
    }

    /// The operation on cut values.
    func cut(_ node: Graph.Node) -> Op {
        let type = body.type(of: node.result)
        let target = shape(type.shape)
        func shifted(_ axes: [Int]) -> [Int] { axes.map { $0 + 1 } }
        switch node.op {
        case .unary, .binary, .compare, .select, .convert, .stopGradient, .overlapAdd, .gather, .scatterAdd, .matrix, .scan: return node.op
        case .constant(let type, let value): return .constant(type.with(shape: target), value)
        case .iota(let type, let axis): return .iota(type.with(shape: target), axis: axis + 1)
        case .randomUniform(let type, let stream): return .randomUniform(type.with(shape: target), stream: stream)
        case .broadcast(_, let axes): return .broadcast(target, axes: (axes.first == 0 ? [0] : []) + shifted(axes))
        case .reduce(let reduction, let axes): return .reduce(reduction, axes: shifted(axes))
        case .dot(var dimensions):
            dimensions.leftContracting = shifted(dimensions.leftContracting)
            if !dimensions.leftBatch.isEmpty {
                dimensions.leftBatch = [0] + shifted(dimensions.leftBatch)
                dimensions.rightBatch = [0] + shifted(dimensions.rightBatch)
                dimensions.rightContracting = shifted(dimensions.rightContracting)
            }
            return .dot(dimensions)
        case .transpose(let permutation): return .transpose(permutation: [0] + shifted(permutation))
        case .reshape: return .reshape(target)
        case .slice(let starts, let limits, let strides):
            return .slice(
                starts: [0] + starts, limits: [target[0], target[1]] + limits.dropFirst(), strides: [1] + strides)
        case .pad(let low, let high): return .pad(low: [0] + low, high: [0] + high)
        case .concatenate(let axis): return .concatenate(axis: axis + 1)
        case .window(let axis, let size): return .window(axis: axis + 1, size: size)
        }
    }
}
