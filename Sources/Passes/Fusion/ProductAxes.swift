import Graph

/// The axes of a general matrix product, with the steps that they take in memory.
struct ProductAxes {
    /// One axis as a loop; steps are in elements.
    struct Loop: Hashable {
        var extent: Int
        var left: Int
        var right: Int
        var result: Int
    }

    private(set) var batch: [Loop] = []
    private(set) var rows: [Loop] = []
    private(set) var columns: [Loop] = []
    private(set) var depth: [Loop] = []

    init(_ dimensions: DotDimensions, _ left: StridedView, _ right: StridedView) {
        let leftFree = dimensions.leftFree(rank: left.extents.count)
        let rightFree = dimensions.rightFree(rank: right.extents.count)
        let extents = (dimensions.leftBatch + leftFree).map { left.extents[$0] } + rightFree.map { right.extents[$0] }
        var steps = Shape(extents).strides[...]
        for (a, b) in zip(dimensions.leftBatch, dimensions.rightBatch) {
            batch.append(
                Loop(extent: left.extents[a], left: left.strides[a], right: right.strides[b], result: steps.removeFirst()))
        }
        for axis in leftFree {
            rows.append(Loop(extent: left.extents[axis], left: left.strides[axis], right: 0, result: steps.removeFirst()))
        }
        for axis in rightFree {
            columns.append(Loop(extent: right.extents[axis], left: 0, right: right.strides[axis], result: steps.removeFirst()))
        }
        for (a, b) in zip(dimensions.leftContracting, dimensions.rightContracting) {
            depth.append(Loop(extent: left.extents[a], left: left.strides[a], right: right.strides[b], result: 0))
        }
        // Batch axes keep their loops, so that a kernel is told by its shape.
        rows.removeAll { $0.extent == 1 }
        columns.removeAll { $0.extent == 1 }
        depth.removeAll { $0.extent == 1 }
    }

    /// As a number that cannot overflow: costs are compared, not counted.
    var multiplications: Double {
        (batch + rows + columns + depth).reduce(1) { $0 * Double($1.extent) }
    }
}

/// Several axes that walk memory with one stride.
struct MergedAxis {
    let extent: Int
    let stride: Int

    init?(extents: [Int], strides: [Int]) {
        var extent = 1
        var stride = 1
        for (next, step) in zip(extents, strides).reversed() where next != 1 {
            if extent == 1 {
                stride = step
            } else if step != stride * extent {
                return nil
            }
            extent *= next
        }
        self.extent = extent
        self.stride = stride
    }

    init?(_ loops: some Collection<ProductAxes.Loop>, _ step: (ProductAxes.Loop) -> Int) {
        self.init(extents: loops.map(\.extent), strides: loops.map(step))
    }
}
