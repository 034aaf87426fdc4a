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
        let matrices = Matrices(
            targetRows: targetRows, rows: rows, leftDepth: leftDepth, rightDepth: rightDepth,
            columns: columns)
        let hasFewColumns = columns.extent <= 8 && targetColumns.stride == 1
        let paddedRows = Self.padded(rows.extent, 16)
        let body: [String]
        let kind: String
        if !adds, hasFewColumns, leftDepth.stride == 1, leftDepth.extent >= 32 {
            body = Self.dots(matrices)
            kind = "dots"
        } else if !adds, hasFewColumns, rows.stride == 1, rows.extent >= 16,
            rows.extent == paddedRows || (left.rowLength == paddedRows && rowAxes == [left.shape.rank - 1])
        {
            body = Self.transposed(matrices)
            kind = "turned"
        } else {
            // Rows that are padded in memory already may be read to the end of the last vector.
            let isPadded = right.rowLength == Self.padded(columns.extent, columns.extent <= 8 ? 8 : 16)
                && rightFree == [right.shape.rank - 1]
            body = Self.panels(matrices, isPadded: isPadded, adds: adds)
            kind = (adds ? "add" : "set") + (isPadded ? "_padded" : "")
        }
        // One function for each shape: kernels that multiply alike share it, and large kernels stay quick to compile.
        let sizes = [rows.extent, columns.extent, leftDepth.extent, targetRows.stride, rows.stride, leftDepth.stride,
            rightDepth.stride, columns.stride]
        let name = "dg_product_\(kind)_" + sizes.map(String.init).joined(separator: "_")
        function = CFunction(
            name: name, parameters: "(float *restrict c, const float *restrict a, const float *restrict b)",
            body: "{\n" + body.map { "    \($0)\n" }.joined() + "}\n")
        let target = start(result, result.shape.dimensions.indices.map { Affine(variable: $0) })
        call = "\(name)(\(target), \(start(left, indices.left)), \(start(right, indices.right)));"
    }

    /// The axes of the matrices of one tile, which start at `c`, `a` and `b`.
    private struct Matrices {
        let targetRows: MergedAxis
        let rows: MergedAxis
        let leftDepth: MergedAxis
        let rightDepth: MergedAxis
        let columns: MergedAxis

        var depth: Int { leftDepth.extent }
    }

    /// Part of a product's columns and of its depth; both start at C expressions.
    private struct Piece {
        var firstColumn: String
        var columns: Int
        var firstDepth: String
        var depth: Int
    }

    /// A longer depth is cut into pieces, so that the right operand's rows stay in the first-level cache for all rows.
    private static let longestDepth = 256
    private static let depthPiece = 128
    /// A larger right operand is packed in panels of few columns: packed matrices lie on the stack.
    private static let largestPacked = 1 << 16
    private static let panelColumns = 64

    /// Vectors along the columns, with the right operand in rows of whole vectors.
    private static func panels(_ m: Matrices, isPadded: Bool, adds: Bool) -> [String] {
        let vector = m.columns.extent <= 8 ? 8 : 16
        let width = padded(m.columns.extent, vector)
        let packs = m.columns.stride != 1 || (m.columns.extent % vector != 0 && !isPadded)
        let depth = m.depth > longestDepth && m.rows.extent > 12 ? depthPiece : m.depth
        let columns = packs && depth * width > largestPacked ? min(panelColumns, m.columns.extent) : m.columns.extent
        let lines = packs ? ["float packed[\(depth * padded(columns, vector))] __attribute__((aligned(64)));"] : []
        // The first piece of the depth sets the result unless all add to it.
        return lines
            + pieces(m.depth, depth, "k") { firstDepth, depth in
                pieces(m.columns.extent, columns, "j") { firstColumn, columns in
                    let piece = Piece(firstColumn: firstColumn, columns: columns, firstDepth: firstDepth, depth: depth)
                    return multiply(m, piece, vector, packs: packs, adds: adds || firstDepth != "0")
                }
            }
    }

    /// Statements for an axis in pieces: the first one alone, a loop, and the rest.
    private static func pieces(_ extent: Int, _ piece: Int, _ variable: String, _ body: (String, Int) -> [String]) -> [String] {
        guard piece < extent else { return body("0", extent) }
        let whole = extent / piece * piece
        var lines = body("0", piece)
        if whole > piece {
            lines.append("for (long \(variable) = \(piece); \(variable) < \(whole); \(variable) += \(piece)) {")
            lines += body(variable, piece).map { "    " + $0 } + ["}"]
        }
        return whole < extent ? lines + body("\(whole)", extent - whole) : lines
    }

    /// Makes one piece of the result.
    private static func multiply(_ m: Matrices, _ piece: Piece, _ vector: Int, packs: Bool, adds: Bool) -> [String] {
        func offset(_ base: String, _ steps: [(first: String, stride: Int)]) -> String {
            ([base] + steps.filter { $0.first != "0" }.map { $0.stride == 1 ? $0.first : "\($0.stride)*\($0.first)" }).joined(separator: " + ")
        }
        let width = padded(piece.columns, vector)
        let right = offset("b", [(piece.firstDepth, m.rightDepth.stride), (piece.firstColumn, m.columns.stride)])
        let (panel, panelRow) = packs ? ("packed", width) : (right, m.rightDepth.stride)
        let left = offset("a", [(piece.firstDepth, m.leftDepth.stride)])
        let target = offset("c", [(piece.firstColumn, 1)])
        let call = "dg_tile_product_\(vector)(\(adds ? 1 : 0), \(target), \(m.targetRows.stride), "
            + "\(left), \(m.rows.stride), \(m.leftDepth.stride), \(panel), \(panelRow), \(m.rows.extent), \(piece.columns), \(piece.depth));"
        guard packs else { return [call] }
        return [
            "dg_pack(packed, \(width), \(right), \(piece.depth), \(m.rightDepth.stride), \(piece.columns), \(m.columns.stride));", call,
        ]
    }

    /// Few columns and a left operand whose rows run along the depth: vectors along the depth.
    private static func dots(_ m: Matrices) -> [String] {
        let count = m.columns.extent <= 4 ? 4 : 8
        let width = padded(m.leftDepth.extent, 16)
        let used = m.columns.extent * width
        var lines = ["float packed[\(count * width)] __attribute__((aligned(64)));"]
        if m.columns.extent < count { lines.append("memset(packed + \(used), 0, \(4 * (count * width - used)));") }
        return lines + [
            "dg_pack(packed, \(width), b, \(m.columns.extent), \(m.columns.stride), "
                + "\(m.rightDepth.extent), \(m.rightDepth.stride));",
            "dg_tile_dots(\(count), c, \(m.targetRows.stride), a, \(m.rows.stride), packed, "
                + "\(m.rows.extent), \(m.columns.extent), \(m.leftDepth.extent));",
        ]
    }

    /// Few columns and a left operand whose columns run along the rows: the transposed product, with long rows.
    private static func transposed(_ m: Matrices) -> [String] {
        let width = padded(m.rows.extent, 16)
        return [
            "float turned[\(m.columns.extent * width)] __attribute__((aligned(64)));",
            "dg_tile_product_16(0, turned, \(width), b, \(m.columns.stride), \(m.rightDepth.stride), a, \(m.leftDepth.stride), "
                + "\(m.columns.extent), \(m.rows.extent), \(m.leftDepth.extent));",
            "for (long i = 0; i < \(m.rows.extent); ++i)",
            "    for (long j = 0; j < \(m.columns.extent); ++j) c[\(m.targetRows.stride)*i + j] = turned[\(width)*j + i];",
        ]
    }

    private static func padded(_ extent: Int, _ multiple: Int) -> Int { (extent + multiple - 1) / multiple * multiple }
}

extension MergedAxis {
    fileprivate init?(_ operand: TileProduct.Operand, _ axes: [Int]) {
        self.init(extents: axes.map { operand.shape[$0] }, strides: axes.map { operand.strides[$0] })
    }
}
