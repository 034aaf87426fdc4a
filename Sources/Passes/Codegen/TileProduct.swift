import Graph

/// A matrix product on one tile, as a call of the generated micro-kernel `dg_tile_product`.
struct TileProduct {
    struct Operand {
        var name: String
        var shape: Shape
        /// In elements; zero for axes that the buffer does not hold.
        var strides: [Int]
        /// Where rows are padded to whole vectors.
        var rowLength: Int?
    }

    let lines: [String]

    /// Nil where the axes of the tile do not merge into plain matrices.
    ///
    /// - Parameter operands: the result, the left and the right operand.
    init?(_ dimensions: DotDimensions, _ operands: [Operand], tileAxes: Int) {
        let (result, left, right) = (operands[0], operands[1], operands[2])
        let indices = DotIndices(dimensions, [left.shape.rank, right.shape.rank])
        let leftFree = dimensions.leftFree(rank: left.shape.rank)
        let rightFree = dimensions.rightFree(rank: right.shape.rank)
        let batchCount = dimensions.leftBatch.count
        // Batch axes that do not number the tile would need a loop around the call.
        guard batchCount <= tileAxes else { return nil }
        let leftTiled = max(0, tileAxes - batchCount)
        guard leftTiled <= leftFree.count else { return nil }
        let rowAxes = Array(leftFree.dropFirst(leftTiled))
        let resultRows = Array(tileAxes..<tileAxes + rowAxes.count)
        let resultColumns = Array(tileAxes + rowAxes.count..<result.shape.rank)
        guard let rows = MergedAxis(left, rowAxes), let leftDepth = MergedAxis(left, dimensions.leftContracting),
            let rightDepth = MergedAxis(right, dimensions.rightContracting), let columns = MergedAxis(right, rightFree),
            let targetRows = MergedAxis(result, resultRows), let targetColumns = MergedAxis(result, resultColumns),
            targetColumns.stride == 1 || targetColumns.extent == 1
        else { return nil }
        func start(_ operand: Operand, _ index: [Affine]) -> String {
            let tile = index.map { affine in affine.terms.allSatisfy { $0.variable < tileAxes } ? affine : Affine(constant: 0) }
            return "\(operand.name) + \(Affine.linear(tile, strides: operand.strides).source)"
        }
        let target = start(result, result.shape.dimensions.indices.map { Affine(variable: $0) })
        let vector = columns.extent <= 8 ? 8 : 16
        let padded = (columns.extent + vector - 1) / vector * vector
        // Rows that are padded in memory already may be read to the end of the last vector.
        let isPadded = right.rowLength == padded && rightFree == [right.shape.rank - 1]
        let packs = columns.stride != 1 || (columns.extent % vector != 0 && !isPadded)
        let (packed, panel) = packs
            ? ("packed", padded) : (start(right, indices.right), rightDepth.stride)
        var lines: [String] = []
        if packs {
            lines += [
                "float packed[\(rightDepth.extent * padded)] __attribute__((aligned(64)));",
                "dg_pack(packed, \(padded), \(start(right, indices.right)), \(rightDepth.extent), \(rightDepth.stride), "
                    + "\(columns.extent), \(columns.stride));",
            ]
        }
        lines.append(
            "dg_tile_product_\(vector)(0, \(Self.rowBlock(rows.extent, vectors: padded / vector)), \(target), \(targetRows.stride), \(start(left, indices.left)), \(rows.stride), \(leftDepth.stride), "
                + "\(packed), \(panel), \(rows.extent), \(columns.extent), \(leftDepth.extent));")
        self.lines = ["{"] + lines.map { "    " + $0 } + ["}"]
    }

    /// How many rows of the result are made at once: enough to hide the latency of a multiplication, few enough for the
    /// accumulators to stay in registers, and with as few passes and as small a rest as possible.
    private static func rowBlock(_ rows: Int, vectors: Int) -> Int {
        let largest = vectors >= 4 ? 6 : vectors == 3 ? 8 : vectors == 2 ? 10 : 12
        let passes = (rows + largest - 1) / largest
        return max(1, (rows + passes - 1) / max(1, passes))
    }
}

extension MergedAxis {
    fileprivate init?(_ operand: TileProduct.Operand, _ axes: [Int]) {
        self.init(extents: axes.map { operand.shape[$0] }, strides: axes.map { operand.strides[$0] })
    }
}
