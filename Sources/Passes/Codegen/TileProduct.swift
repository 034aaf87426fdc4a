import Graph

/// A matrix product on one tile, as a call of a function around the micro-kernel `dg_tile_product`.
struct TileProduct {
    struct Operand {
        var name: String
        var shape: Shape
        /// In elements; zero for axes that the buffer does not hold.
        var strides: [Int]
        /// Where rows are padded to whole vectors.
        var rowLength: Int?
    }

    /// The product as a function of pointers to the result, the left and the right operand.
    let function: CFunction
    let call: String

    /// Nil where the axes of the tile do not merge into plain matrices.
    ///
    /// - Parameters:
    ///   - operands: the result, the left and the right operand.
    ///   - adds: whether the product is added to what the result holds.
    init?(_ dimensions: DotDimensions, _ operands: [Operand], tileAxes: Int, adds: Bool = false) {
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
        var body: [String] = []
        if packs {
            body += [
                "float packed[\(rightDepth.extent * padded)] __attribute__((aligned(64)));",
                "dg_pack(packed, \(padded), b, \(rightDepth.extent), \(rightDepth.stride), \(columns.extent), \(columns.stride));",
            ]
        }
        let (matrix, panel) = packs ? ("packed", padded) : ("b", rightDepth.stride)
        body.append(
            "dg_tile_product_\(vector)(\(adds ? 1 : 0), \(Self.rowBlock(rows.extent, vectors: padded / vector)), c, "
                + "\(targetRows.stride), a, \(rows.stride), \(leftDepth.stride), \(matrix), \(panel), \(rows.extent), "
                + "\(columns.extent), \(leftDepth.extent));")
        // One function for each shape: kernels that multiply alike share it, and large kernels stay quick to compile.
        let sizes = [rows.extent, columns.extent, leftDepth.extent, targetRows.stride, rows.stride, leftDepth.stride,
            rightDepth.stride, columns.stride]
        let kind = (adds ? "add" : "set") + (packs ? "_packed" : "") + "_\(vector)"
        let name = "dg_product_\(kind)_" + sizes.map(String.init).joined(separator: "_")
        function = CFunction(
            name: name, parameters: "(float *restrict c, const float *restrict a, const float *restrict b)",
            body: "{\n" + body.map { "    \($0)\n" }.joined() + "}\n")
        call = "\(name)(\(target), \(start(left, indices.left)), \(start(right, indices.right)));"
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
