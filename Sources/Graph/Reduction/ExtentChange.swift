/// Another extent for all axes of one extent, so that tensors become smaller together.
struct ExtentChange {
    var from: Int
    var to: Int
    /// Whether multiples change too, such as those that a reshape makes by merging axes.
    var includesMultiples: Bool

    func callAsFunction(_ extent: Int) -> Int {
        if extent == from { return to }
        return includesMultiples && extent > 0 && extent % from == 0 ? extent / from * to : extent
    }

    func callAsFunction(_ shape: Shape) -> Shape { Shape(shape.dimensions.map { self($0) }) }
}

extension TensorType {
    func resized(_ change: ExtentChange) -> TensorType { with(shape: change(shape)) }
}

extension Op {
    /// The operation for operands of other extents, where its attributes say extents; the type rules have the last word.
    func resized(_ change: ExtentChange) throws(Diagnostic) -> Op {
        switch self {
        case .constant(let type, let constant): return .constant(type.resized(change), constant.cut(from: type.shape, to: change(type.shape)))
        case .iota(let type, let axis): return .iota(type.resized(change), axis: axis)
        case .randomUniform(let type, let stream): return .randomUniform(type.resized(change), stream: stream)
        case .reshape(let shape): return .reshape(change(shape))
        case .broadcast(let shape, let axes): return .broadcast(change(shape), axes: axes)
        case .slice(let starts, let limits, let strides):
            let limits = limits.map { change($0) }
            return .slice(starts: zip(starts, limits).map { min($0, $1) }, limits: limits, strides: strides)
        case .window(let axis, let size): return .window(axis: axis, size: change(size))
        case .scatterAdd(let count): return .scatterAdd(count: change(count))
        case .scan(var scan):
            if scan.scanned > 0 || scan.stacked > 0 { scan.count = change(scan.count) }
            var edit = GraphEdit(scan.body)
            edit.inputs = Array(scan.body.inputs.indices)
            edit.extents = change
            scan.body = try edit.apply(to: scan.body)
            return .scan(scan)
        case .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot, .transpose, .pad, .concatenate,
            .overlapAdd, .gather, .matrix:
            return self
        }
    }
}

extension Constant {
    /// The elements with the smallest positions.
    fileprivate func cut(from source: Shape, to target: Shape) -> Constant {
        guard case .dense(let elements) = self, source != target, zip(target.dimensions, source.dimensions).allSatisfy({ $0 <= $1 }) else {
            return self
        }
        var kept: [Double] = []
        target.forEachIndex { index in
            kept.append(elements[zip(index, source.strides).reduce(0) { $0 + $1.0 * $1.1 }])
        }
        return .dense(kept)
    }
}
