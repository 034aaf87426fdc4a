/// One operation on tensors, written to be read: the definition of what the operation means.
struct ReferenceOperation {
    let operands: [Tensor]
    let type: TensorType

    func evaluate(_ op: Op) -> Tensor {
        switch op {
        case .constant(_, .splat(let value)): Tensor(type, repeating: value)
        case .constant(_, .dense(let values)): Tensor(type, values)
        case .iota(_, let axis): fill { index in Double(index[axis]) }
        case .randomUniform(_, let stream): randomUniform(stream)
        case .unary(let unary): map { unary.row.evaluate($0[0], 0) }
        case .binary(let binary): self.binary(binary)
        case .compare(let comparison): map { comparison.evaluate($0[0], $0[1]) ? 1 : 0 }
        case .select: map { $0[0] != 0 ? $0[1] : $0[2] }
        case .convert(let elementType): map { elementType.convert($0[0]) }
        case .stopGradient: operands[0]
        case .reduce(let reduction, let axes): reduce(reduction, axes)
        case .dot(let dimensions): dot(dimensions)
        case .transpose(let permutation): transpose(permutation)
        case .reshape: Tensor(type, operands[0].elements)
        case .broadcast(_, let axes): fill { index in operands[0].at(axes.map { index[$0] }) }
        case .slice(let starts, _, let strides):
            fill { index in operands[0].at(index.indices.map { starts[$0] + index[$0] * strides[$0] }) }
        case .pad(let low, _): pad(low)
        case .concatenate(let axis): concatenate(axis)
        case .window(let axis, _): window(axis)
        case .overlapAdd(let axis): overlapAdd(axis)
        case .gather: gather()
        case .scatterAdd(let count): scatterAdd(count)
        case .matrix(let op): MatrixReference(operands: operands, type: type).evaluate(op)
        case .scan: preconditionFailure("the interpreter runs scans itself")
        }
    }

    /// A tensor whose elements are a function of their indices.
    private func fill(_ element: ([Int]) -> Double) -> Tensor {
        var elements: [Double] = []
        elements.reserveCapacity(type.elementCount)
        type.shape.forEachIndex { elements.append(element($0)) }
        return Tensor(type, elements)
    }

    /// A tensor whose elements are a function of the operands' elements at the same place.
    private func map(_ element: ([Double]) -> Double) -> Tensor {
        var arguments = [Double](repeating: 0, count: operands.count)
        var elements: [Double] = []
        elements.reserveCapacity(type.elementCount)
        for index in 0..<type.elementCount {
            for operand in operands.indices { arguments[operand] = operands[operand].elements[index] }
            elements.append(element(arguments))
        }
        return Tensor(type, elements)
    }

    private func binary(_ op: BinaryOp) -> Tensor {
        guard type.elementType == .i32, op == .multiply else { return map { op.row.evaluate($0[0], $0[1]) } }
        // The product of two i32 may have more digits than a double.
        return map { Double(Int32($0[0]) &* Int32($0[1])) }
    }

    private func randomUniform(_ stream: Int) -> Tensor {
        let key = operands[0].elements.map { UInt32(bitPattern: Int32($0)) }
        let elements = (0..<type.elementCount).map { Philox.uniform(index: $0, stream: stream, key: (key[0], key[1])) }
        return Tensor(type, elements)
    }

    private func reduce(_ reduction: Reduction, _ axes: [Int]) -> Tensor {
        let shape = operands[0].type.shape
        let kept = (0..<shape.rank).filter { !axes.contains($0) }
        let strides = type.shape.strides
        var elements = [Double](repeating: reduction.identity, count: type.elementCount)
        var position = 0
        shape.forEachIndex { index in
            var target = 0
            for (axis, stride) in zip(kept, strides) { target += index[axis] * stride }
            elements[target] = reduction.combine(elements[target], operands[0].elements[position])
            position += 1
        }
        return Tensor(type, elements)
    }

    private func dot(_ dimensions: DotDimensions) -> Tensor {
        let (left, right) = (operands[0], operands[1])
        let leftFree = dimensions.leftFree(rank: left.type.shape.rank)
        let rightFree = dimensions.rightFree(rank: right.type.shape.rank)
        let batch = left.offsets(along: dimensions.leftBatch)
        let rightBatch = right.offsets(along: dimensions.rightBatch)
        let contracting = left.offsets(along: dimensions.leftContracting)
        let rightContracting = right.offsets(along: dimensions.rightContracting)
        let rows = left.offsets(along: leftFree)
        let columns = right.offsets(along: rightFree)
        var elements: [Double] = []
        elements.reserveCapacity(type.elementCount)
        for (leftStart, rightStart) in zip(batch, rightBatch) {
            for row in rows {
                for column in columns {
                    var sum = 0.0
                    for (a, b) in zip(contracting, rightContracting) {
                        sum += left.elements[leftStart + row + a] * right.elements[rightStart + column + b]
                    }
                    elements.append(sum)
                }
            }
        }
        return Tensor(type, elements)
    }

    private func transpose(_ permutation: [Int]) -> Tensor {
        let offsets = operands[0].offsets(along: permutation)
        return Tensor(type, offsets.map { operands[0].elements[$0] })
    }

    private func pad(_ low: [Int]) -> Tensor {
        let extents = operands[0].type.shape.dimensions
        return fill { index in
            let source = zip(index, low).map { $0 - $1 }
            let inside = zip(source, extents).allSatisfy { $0 >= 0 && $0 < $1 }
            return inside ? operands[0].at(source) : 0
        }
    }

    private func concatenate(_ axis: Int) -> Tensor {
        var starts: [Int] = []
        var next = 0
        for operand in operands {
            starts.append(next)
            next += operand.type.shape[axis]
        }
        return fill { index in
            let operand = starts.lastIndex { $0 <= index[axis] } ?? 0
            // Empty operands share their start with the one after them; the last of those holds the element.
            var source = index
            source[axis] -= starts[operand]
            return operands[operand].at(source)
        }
    }

    private func window(_ axis: Int) -> Tensor {
        fill { index in
            var source = index
            source[axis] += source.remove(at: axis + 1)
            return operands[0].at(source)
        }
    }

    private func overlapAdd(_ axis: Int) -> Tensor {
        let strides = type.shape.strides
        var elements = [Double](repeating: 0, count: type.elementCount)
        var position = 0
        operands[0].type.shape.forEachIndex { index in
            var target = index
            target[axis] += target.remove(at: axis + 1)
            elements[zip(target, strides).reduce(0) { $0 + $1.0 * $1.1 }] += operands[0].elements[position]
            position += 1
        }
        return Tensor(type, elements)
    }

    private func gather() -> Tensor {
        let rows = operands[0].type.shape[0]
        return fill { index in
            var source = index
            source[0] = min(max(Int(operands[1].elements[index[0]]), 0), rows - 1)
            return operands[0].at(source)
        }
    }

    private func scatterAdd(_ count: Int) -> Tensor {
        let rowSize = type.elementCount / count
        var elements = [Double](repeating: 0, count: type.elementCount)
        for (row, chosen) in operands[1].elements.enumerated() {
            let target = min(max(Int(chosen), 0), count - 1)
            for column in 0..<rowSize {
                elements[target * rowSize + column] += operands[0].elements[row * rowSize + column]
            }
        }
        return Tensor(type, elements)
    }
}

extension Tensor {
    /// The element at an index.
    fileprivate func at(_ index: [Int]) -> Double {
        var offset = 0
        for (position, extent) in zip(index, type.shape.dimensions) { offset = offset * extent + position }
        return elements[offset]
    }

    /// The linear offsets of all index combinations over some axes, the last of them fastest.
    fileprivate func offsets(along axes: [Int]) -> [Int] {
        let strides = type.shape.strides
        var result = [0]
        for axis in axes {
            result = result.flatMap { start in (0..<type.shape[axis]).map { start + $0 * strides[axis] } }
        }
        return result
    }
}

extension Shape {
    /// Calls `body` for every index in row-major order.
    func forEachIndex(_ body: ([Int]) -> Void) {
        guard elementCount > 0 else { return }
        var index = [Int](repeating: 0, count: rank)
        while true {
            body(index)
            var axis = rank - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < dimensions[axis] { break }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
