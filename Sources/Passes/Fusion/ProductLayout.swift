import Graph

/// A general matrix product as row-major matrices with leading dimensions, as the BLAS wants them.
struct ProductLayout: Hashable {
    struct Matrix: Hashable {
        /// Whether memory holds the contracting axis as rows.
        var isTransposed: Bool
        var leadingDimension: Int
        /// Strides in elements of the batch axes.
        var batchStrides: [Int]
    }

    let elementType: ElementType
    let batch: [Int]
    let rows: Int
    let columns: Int
    let depth: Int
    let left: Matrix
    let right: Matrix

    /// Nil where the axes do not merge into plain matrices, or where the product is too small for a call to pay.
    init?(_ dimensions: DotDimensions, _ types: [TensorType]) {
        let (leftShape, rightShape) = (types[0].shape, types[1].shape)
        elementType = types[0].elementType
        batch = dimensions.leftBatch.map { leftShape[$0] }
        let leftFree = dimensions.leftFree(rank: leftShape.rank)
        let rightFree = dimensions.rightFree(rank: rightShape.rank)
        rows = leftFree.reduce(1) { $0 * leftShape[$1] }
        columns = rightFree.reduce(1) { $0 * rightShape[$1] }
        depth = dimensions.leftContracting.reduce(1) { $0 * leftShape[$1] }
        guard elementType == .f32 || elementType == .f64, rows * columns * depth >= 512 else { return nil }
        guard
            let left = Self.matrix(leftShape, outer: leftFree, inner: dimensions.leftContracting, dimensions.leftBatch),
            let right = Self.matrix(
                rightShape, outer: dimensions.rightContracting, inner: rightFree, dimensions.rightBatch)
        else { return nil }
        self.left = left
        self.right = right
    }

    /// Whether a call of the BLAS pays even where one thread could do the product in its own loops.
    var isLarge: Bool { min(rows, columns, depth) >= 16 && rows * columns * depth >= 1 << 17 }

    /// The operand as a matrix with `outer` axes as rows and `inner` axes as columns.
    private static func matrix(_ shape: Shape, outer: [Int], inner: [Int], _ batchAxes: [Int]) -> Matrix? {
        guard let rows = MergedAxis(shape, outer), let columns = MergedAxis(shape, inner) else { return nil }
        let strides = shape.strides
        let batchStrides = batchAxes.map { strides[$0] }
        if columns.stride == 1 || columns.extent == 1 {
            let leading = rows.extent == 1 ? max(1, columns.extent) : rows.stride
            guard leading >= columns.extent else { return nil }
            return Matrix(isTransposed: false, leadingDimension: leading, batchStrides: batchStrides)
        }
        if rows.stride == 1 || rows.extent == 1 {
            let leading = columns.extent == 1 ? max(1, rows.extent) : columns.stride
            guard leading >= rows.extent else { return nil }
            return Matrix(isTransposed: true, leadingDimension: leading, batchStrides: batchStrides)
        }
        return nil
    }
}

/// Several axes that walk memory with one stride.
struct MergedAxis {
    let extent: Int
    let stride: Int

    init?(_ shape: Shape, _ axes: [Int]) {
        let strides = shape.strides
        self.init(extents: axes.map { shape[$0] }, strides: axes.map { strides[$0] })
    }

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
}
