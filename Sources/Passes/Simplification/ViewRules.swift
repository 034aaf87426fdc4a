import Graph

/// Simplification of operations that only move elements.
enum ViewRules {
    static func simplified(
        _ op: Op, _ operands: [ValueID], _ name: String, _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID? {
        let operand = operands[0]
        let shape = builder.shape(of: operand)
        let inner = builder.graph.definingNode(of: operand)
        switch op {
        case .transpose(let permutation):
            if permutation == Array(permutation.indices) { return operand }
            guard let inner, case .transpose(let first) = inner.op else { return nil }
            let composed = Op.transpose(permutation: permutation.map { first[$0] })
            return try replace(composed, inner.operands[0], permutation.map { first[$0] } == Array(first.indices), name, &builder)
        case .reshape(let target):
            if target == shape { return operand }
            guard let inner, case .reshape = inner.op else { return nil }
            return try replace(op, inner.operands[0], builder.shape(of: inner.operands[0]) == target, name, &builder)
        case .broadcast(let target, let axes):
            if target == shape { return operand }
            guard let inner, case .broadcast(_, let first) = inner.op else { return nil }
            return try replace(.broadcast(target, axes: first.map { axes[$0] }), inner.operands[0], false, name, &builder)
        case .slice(let starts, let limits, let strides):
            if limits == shape.dimensions && starts.allSatisfy({ $0 == 0 }) && strides.allSatisfy({ $0 == 1 }) { return operand }
            return try slice(starts, limits, strides, of: inner, name, &builder)
        case .pad(let low, let high):
            return (low + high).allSatisfy { $0 == 0 } ? operand : nil
        case .concatenate:
            return operands.count == 1 ? operand : nil
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce,
            .dot, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return nil
        }
    }

    private static func replace(
        _ op: Op, _ operand: ValueID, _ isIdentity: Bool, _ name: String, _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID {
        isIdentity ? operand : try builder.append(op, [operand], names: [name])[0]
    }

    /// A slice of a slice is one slice; a slice that undoes padding, or picks one part of a concatenation, is the part.
    private static func slice(
        _ starts: [Int], _ limits: [Int], _ strides: [Int], of inner: Graph.Node?, _ name: String,
        _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID? {
        guard let inner else { return nil }
        switch inner.op {
        case .slice(let firstStarts, _, let firstStrides):
            guard (strides + firstStrides).allSatisfy({ $0 == 1 }) else { return nil }
            let composed = Op.slice(
                starts: zip(firstStarts, starts).map { $0 + $1 }, limits: zip(firstStarts, limits).map { $0 + $1 },
                strides: strides)
            return try builder.append(composed, [inner.operands[0]], names: [name])[0]
        case .pad(let low, _):
            let extents = builder.shape(of: inner.operands[0]).dimensions
            let exact = starts == low && limits == zip(low, extents).map { $0 + $1 } && strides.allSatisfy { $0 == 1 }
            return exact ? inner.operands[0] : nil
        case .concatenate(let axis):
            return try part(starts, limits, strides, axis, inner.operands, name, &builder)
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce,
            .dot, .transpose, .reshape, .broadcast, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return nil
        }
    }

    private static func part(
        _ starts: [Int], _ limits: [Int], _ strides: [Int], _ axis: Int, _ parts: [ValueID], _ name: String,
        _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID? {
        var begin = 0
        for part in parts {
            let end = begin + builder.shape(of: part)[axis]
            defer { begin = end }
            guard starts[axis] >= begin, limits[axis] <= end, starts[axis] < end else { continue }
            var (partStarts, partLimits, partStrides) = (starts, limits, strides)
            partStarts[axis] -= begin
            partLimits[axis] -= begin
            // A step that is longer than the part leaves its first element, and so does one of the part's length.
            partStrides[axis] = min(strides[axis], end - begin)
            if partLimits == builder.shape(of: part).dimensions && partStarts.allSatisfy({ $0 == 0 })
                && strides.allSatisfy({ $0 == 1 }) { return part }
            let op = Op.slice(starts: partStarts, limits: partLimits, strides: partStrides)
            return try builder.append(op, [part], names: [name])[0]
        }
        return nil
    }
}
