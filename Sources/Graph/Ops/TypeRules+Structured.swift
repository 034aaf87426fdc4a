extension TypeRules {
    func reduce(_ axes: [Int]) throws(Diagnostic) -> TensorType {
        try require(operands[0].elementType != .bool, "element-type", "works on numbers", found: "\(operands[0])")
        try checkAxes(axes, rank: operands[0].shape.rank)
        try require(axes == axes.sorted(), "axes-order", "axes ascend", found: "\(axes)")
        return operands[0].with(shape: operands[0].shape.removing(axes: axes))
    }

    func dot(_ dimensions: DotDimensions) throws(Diagnostic) -> TensorType {
        let (left, right) = (operands[0].shape, operands[1].shape)
        try require(
            operands[0].elementType == operands[1].elementType && operands[0].elementType.isFloating, "element-type",
            "operands have one floating element type", expected: "\(operands[0].elementType.rawValue)",
            found: "\(operands[1].elementType.rawValue)")
        try checkAxes(dimensions.leftBatch + dimensions.leftContracting, rank: left.rank, rule: "left-axes")
        try checkAxes(dimensions.rightBatch + dimensions.rightContracting, rank: right.rank, rule: "right-axes")
        try checkPaired(dimensions.leftBatch, dimensions.rightBatch, "batch")
        try checkPaired(dimensions.leftContracting, dimensions.rightContracting, "contracting")
        let extents =
            dimensions.leftBatch.map { left[$0] }
            + dimensions.leftFree(rank: left.rank).map { left[$0] }
            + dimensions.rightFree(rank: right.rank).map { right[$0] }
        let shape = Shape(extents)
        try checkShape(shape)
        return operands[0].with(shape: shape)
    }

    private func checkPaired(_ left: [Int], _ right: [Int], _ kind: String) throws(Diagnostic) {
        try require(
            left.count == right.count, "\(kind)-count", "\(kind) axes come in pairs", expected: "\(left.count)",
            found: "\(right.count)")
        let leftSizes = left.map { operands[0].shape[$0] }
        let rightSizes = right.map { operands[1].shape[$0] }
        try require(
            leftSizes == rightSizes, "\(kind)-sizes", "\(kind) axes have equal extents", expected: "\(leftSizes)",
            found: "\(rightSizes)")
    }

    func transpose(_ permutation: [Int]) throws(Diagnostic) -> TensorType {
        let shape = operands[0].shape
        try require(
            permutation.count == shape.rank, "permutation-count", "the permutation has an entry for each axis",
            expected: "\(shape.rank)", found: "\(permutation.count)")
        try checkAxes(permutation, rank: shape.rank)
        return operands[0].with(shape: Shape(permutation.map { shape[$0] }))
    }

    func reshape(_ shape: Shape) throws(Diagnostic) -> TensorType {
        try checkShape(shape)
        try require(
            shape.elementCount == operands[0].elementCount, "elements", "the number of elements stays",
            expected: "\(operands[0].elementCount)", found: "\(shape.elementCount)")
        return operands[0].with(shape: shape)
    }

    func broadcast(_ shape: Shape, _ axes: [Int]) throws(Diagnostic) -> TensorType {
        try checkShape(shape)
        let operand = operands[0].shape
        try require(
            axes.count == operand.rank, "axes-count", "each operand axis is mapped", expected: "\(operand.rank)",
            found: "\(axes.count)")
        try checkAxes(axes, rank: shape.rank)
        try require(axes == axes.sorted(), "axes-order", "axes ascend", found: "\(axes)")
        let mapped = axes.map { shape[$0] }
        try require(
            mapped == operand.dimensions, "extents", "mapped axes keep their extents", expected: "\(operand.dimensions)",
            found: "\(mapped)")
        return operands[0].with(shape: shape)
    }

    private func checkPerAxis(_ lists: [[Int]]) throws(Diagnostic) {
        let rank = operands[0].shape.rank
        for list in lists {
            try require(
                list.count == rank, "per-axis", "one number for each axis", expected: "\(rank)", found: "\(list.count)")
        }
    }

    func slice(_ starts: [Int], _ limits: [Int], _ strides: [Int]) throws(Diagnostic) -> TensorType {
        try checkPerAxis([starts, limits, strides])
        let shape = operands[0].shape
        var extents: [Int] = []
        for axis in 0..<shape.rank {
            let (start, limit, stride) = (starts[axis], limits[axis], strides[axis])
            try require(
                start >= 0 && start <= limit && limit <= shape[axis], "range", "0 ≤ start ≤ limit ≤ extent on axis \(axis)",
                expected: "within 0...\(shape[axis])", found: "\(start)..<\(limit)")
            try require(
                stride >= 1 && stride <= max(1, shape[axis]), "stride", "strides are positive and at most the extent",
                found: "\(stride)")
            extents.append((limit - start + stride - 1) / stride)
        }
        return operands[0].with(shape: Shape(extents))
    }

    func pad(_ low: [Int], _ high: [Int]) throws(Diagnostic) -> TensorType {
        try checkPerAxis([low, high])
        let bound = 0...TensorType.maximumElements
        try require(
            (low + high).allSatisfy(bound.contains), "negative", "padding is not negative", found: "\(low), \(high)")
        let shape = Shape(zip(operands[0].shape.dimensions, zip(low, high)).map { $0 + $1.0 + $1.1 })
        try checkShape(shape)
        return operands[0].with(shape: shape)
    }

    func concatenate(_ axis: Int) throws(Diagnostic) -> TensorType {
        let first = operands[0]
        try checkAxes([axis], rank: first.shape.rank)
        var extent = 0
        for operand in operands {
            let matches =
                operand.elementType == first.elementType
                && operand.shape.rank == first.shape.rank
                && operand.shape.removing(axes: [axis]) == first.shape.removing(axes: [axis])
            try require(
                matches, "extents", "operands agree in everything but axis \(axis)", expected: "\(first)", found: "\(operand)")
            extent += operand.shape[axis]
        }
        var extents = first.shape.dimensions
        extents[axis] = extent
        let shape = Shape(extents)
        try checkShape(shape)
        return first.with(shape: shape)
    }

    func window(_ axis: Int, _ size: Int) throws(Diagnostic) -> TensorType {
        let shape = operands[0].shape
        try checkAxes([axis], rank: shape.rank)
        try require(
            size >= 1 && size <= shape[axis], "window-size", "a window is at most as long as the axis",
            expected: "1...\(shape[axis])", found: "\(size)")
        var extents = shape.dimensions
        extents[axis] = shape[axis] - size + 1
        extents.insert(size, at: axis + 1)
        let result = Shape(extents)
        try checkShape(result)
        return operands[0].with(shape: result)
    }

    func overlapAdd(_ axis: Int) throws(Diagnostic) -> TensorType {
        let shape = operands[0].shape
        try require(operands[0].elementType.isFloating, "element-type", "works on f32 and f64", found: "\(operands[0])")
        try require(
            axis >= 0 && axis < shape.rank - 1, "axes", "the axis and the window axis after it exist",
            expected: "0..<\(max(0, shape.rank - 1))", found: "\(axis)")
        try require(
            shape[axis] >= 1 && shape[axis + 1] >= 1, "window-size", "there is at least one window of one entry", found: "\(shape)")
        var extents = shape.dimensions
        extents[axis] = shape[axis] + shape[axis + 1] - 1
        extents.remove(at: axis + 1)
        return operands[0].with(shape: Shape(extents))
    }

    private func checkIndices() throws(Diagnostic) {
        try require(
            operands[1].elementType == .i32 && operands[1].shape.rank == 1, "indices", "indices are one row of i32",
            expected: "i32[n]", found: "\(operands[1])")
        try require(operands[0].shape.rank >= 1, "rank", "the operand has rows", expected: "rank 1 or more", found: "rank 0")
    }

    func gather() throws(Diagnostic) -> TensorType {
        try checkIndices()
        var extents = operands[0].shape.dimensions
        try require(extents[0] >= 1, "rows", "there is at least one row to choose from", found: "\(operands[0])")
        extents[0] = operands[1].shape[0]
        let shape = Shape(extents)
        try checkShape(shape)
        return operands[0].with(shape: shape)
    }

    func scatterAdd(_ count: Int) throws(Diagnostic) -> TensorType {
        try checkIndices()
        try require(operands[0].elementType.isFloating, "element-type", "works on f32 and f64", found: "\(operands[0])")
        try require(
            operands[0].shape[0] == operands[1].shape[0], "rows", "one index for each row",
            expected: "\(operands[0].shape[0])", found: "\(operands[1].shape[0])")
        try require(count >= 1, "count", "the result has at least one row", found: "\(count)")
        var extents = operands[0].shape.dimensions
        extents[0] = count
        let shape = Shape(extents)
        try checkShape(shape)
        return operands[0].with(shape: shape)
    }

    func scan(_ scan: Scan) throws(Diagnostic) -> [TensorType] {
        let body = scan.body
        try require(scan.count >= 1 && scan.count <= 1 << 20, "count", "1 to 2^20 iterations", found: "\(scan.count)")
        // Compared one by one, because sums of numbers from a file may overflow.
        let fits =
            scan.carried >= 0 && scan.carried <= min(body.inputs.count, body.outputs.count)
            && scan.scanned >= 0 && scan.scanned <= body.inputs.count - scan.carried
        try require(
            fits, "arity",
            "the body takes and returns the carried values",
            expected: "at least \(scan.carried) + \(scan.scanned) inputs and \(scan.carried) outputs",
            found: "\(body.inputs.count) inputs and \(body.outputs.count) outputs")
        try require(!body.outputs.isEmpty, "outputs", "the body returns something", found: "no outputs")
        for (position, input) in body.inputs.enumerated() {
            var expected = body.type(of: input.value)
            if position >= scan.carried + scan.invariants {
                expected.shape = Shape([scan.count] + expected.shape.dimensions)
            }
            try require(
                operands[position] == expected, "operand-type", "operand \(position) fits the body's input",
                expected: "\(expected)", found: "\(operands[position])")
        }
        var results: [TensorType] = []
        for (position, output) in body.outputs.enumerated() {
            let type = body.type(of: output.value)
            guard position >= scan.carried else {
                try require(
                    type == operands[position], "carried-type", "carried value \(position) keeps its type",
                    expected: "\(operands[position])", found: "\(type)")
                results.append(type)
                continue
            }
            let stacked = Shape([scan.count] + type.shape.dimensions)
            try checkShape(stacked)
            results.append(type.with(shape: stacked))
        }
        return results
    }
}
