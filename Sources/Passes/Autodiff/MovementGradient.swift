import Graph

/// Gradients of operations that move, repeat or add elements: each is the adjoint movement.
enum MovementGradient {
    static func propagate(
        _ g: ValueID, through node: Graph.Node, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        let operand = node.operands[0]
        let shape = reverse.builder.shape(of: operand)
        switch node.op {
        case .concatenate(let axis):
            try concatenate(axis, g, node.operands, &reverse)
        case .transpose(let permutation):
            var inverse = permutation
            for (position, axis) in permutation.enumerated() { inverse[axis] = position }
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in try b.transpose(g, inverse, hint) }
        case .reshape:
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in try b.reshape(g, shape, hint) }
        case .broadcast(let target, let axes):
            let added = (0..<target.rank).filter { !axes.contains($0) }
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in try b.sum(g, axes: added, hint) }
        case .slice(let starts, let limits, let strides):
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in
                try unslice(g, shape, starts, limits, strides, hint, &b)
            }
        case .pad(let low, _):
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in
                let limits = zip(low, shape.dimensions).map { $0 + $1 }
                return try b.add(.slice(starts: low, limits: limits, strides: low.map { _ in 1 }), [g], hint)
            }
        case .window(let axis, _):
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in try b.add(.overlapAdd(axis: axis), [g], hint) }
        case .overlapAdd(let axis):
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in
                try b.add(.window(axis: axis, size: shape[axis + 1]), [g], hint)
            }
        case .gather:
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in
                try b.add(.scatterAdd(count: shape[0]), [g, node.operands[1]], hint)
            }
        case .scatterAdd:
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in try b.add(.gather, [g, node.operands[1]], hint) }
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot,
            .matrix, .scan:
            throw Diagnostic("autodiff.movement", node.op.spelling, "moves no elements", kind: .compilerBug)
        }
    }

    private static func concatenate(
        _ axis: Int, _ g: ValueID, _ operands: [ValueID], _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        var start = 0
        for operand in operands {
            let limit = start + reverse.builder.shape(of: operand)[axis]
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in
                try b.slice(g, axis: axis, start, limit, hint)
            }
            start = limit
        }
    }

    /// Puts a slice's cotangent back into zeros. A strided axis is first spread: each entry is followed by zeros.
    private static func unslice(
        _ g: ValueID, _ shape: Shape, _ starts: [Int], _ limits: [Int], _ strides: [Int], _ hint: String,
        _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID {
        var spread = g
        for (axis, stride) in strides.enumerated() where stride > 1 {
            let extents = builder.shape(of: spread).dimensions
            let inner = Shape(extents[..<axis] + [extents[axis], 1] + extents[(axis + 1)...])
            var high = [Int](repeating: 0, count: inner.rank)
            high[axis + 1] = stride - 1
            let zeros = high.map { _ in 0 }
            let padded = try builder.add(.pad(low: zeros, high: high), [builder.reshape(spread, inner)])
            var merged = extents
            merged[axis] *= stride
            // The last entry's zeros may reach beyond the limit.
            let length = min(merged[axis], shape[axis] - starts[axis])
            spread = try builder.slice(builder.reshape(padded, Shape(merged)), axis: axis, 0, length)
        }
        let covered = builder.shape(of: spread).dimensions
        let high = shape.dimensions.indices.map { shape[$0] - starts[$0] - covered[$0] }
        return try builder.add(.pad(low: starts, high: high), [spread], hint)
    }
}
