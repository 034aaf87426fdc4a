import Graph

/// Emits a matrix product as calls of the BLAS on blocks of rows.
struct ProductEmitter {
    let layout: ProductLayout
    /// C names of the result's, the left and the right operand's buffers.
    let buffers: [String]

    /// A block of rows has about this many multiplications, so that a task's cost is small beside its work.
    private static let blockWork = 1 << 19

    func emit() throws(Diagnostic) -> TaskCode {
        let work = layout.sums.reduce(layout.rows * layout.columns * layout.depth) { $0 * $1.extent }
        let rows = Self.split(layout.rows, atLeast: 64, work: work)
        // A product of few rows is cut along its columns.
        let columns = rows.count > 1 ? Blocks(count: 1, size: layout.columns)
            : Self.split(layout.columns, atLeast: 128, work: work)
        var lines = ["const long row = task % \(rows.count) * \(rows.size);",
            "const long column = task / \(rows.count) % \(columns.count) * \(columns.size);",
            "const long batch = task / \(rows.count * columns.count);",
            "const int rows = (int)dg_min_long(\(rows.size), \(layout.rows) - row);",
            "const int columns = (int)dg_min_long(\(columns.size), \(layout.columns) - column);"]
        let strides = Shape(layout.loops.map(\.extent)).strides
        for (position, loop) in layout.loops.enumerated() {
            lines.append("const long batch\(position) = batch / \(strides[position]) % \(loop.extent);")
        }
        lines += calls
        lines.append("(void)batch;")
        let batches = layout.loops.reduce(1) { $0 * $1.extent }
        return TaskCode(tasks: batches * rows.count * columns.count, lines: lines)
    }

    /// The call inside the loops that add to one block of the result, always in the same order.
    private var calls: [String] {
        let function = layout.elementType == .f32 ? "blas->sgemm" : "blas->dgemm"
        let transposition = [layout.left, layout.right].map { $0.isTransposed ? "DG_TRANSPOSED" : "DG_PLAIN" }
        let added = layout.sums.isEmpty ? "0" : layout.sums.indices.map { "sum\($0)" }.joined(separator: " + ") + " > 0"
        let call = """
            \(function)(DG_ROW_MAJOR, \(transposition[0]), \(transposition[1]), rows, columns, \(layout.depth), 1, \
            \(pointer(buffers[1], layout.left, \.left, "row", rowStride(layout.left))), \(layout.left.leadingDimension), \
            \(pointer(buffers[2], layout.right, \.right, "column", columnStride(layout.right))), \
            \(layout.right.leadingDimension), \(added), \
            \(pointer(buffers[0], layout.result, \.result, "row", rowStride(layout.result))) + column, \
            \(layout.result.leadingDimension));
            """
        var lines: [String] = []
        for (position, loop) in layout.sums.enumerated() {
            let indentation = String(repeating: "    ", count: position)
            lines.append(indentation + "for (long sum\(position) = 0; sum\(position) < \(loop.extent); ++sum\(position))")
        }
        return lines + [String(repeating: "    ", count: layout.sums.count) + call]
    }

    private func rowStride(_ matrix: ProductLayout.Matrix) -> Int { matrix.isTransposed ? 1 : matrix.leadingDimension }
    private func columnStride(_ matrix: ProductLayout.Matrix) -> Int { matrix.isTransposed ? matrix.leadingDimension : 1 }

    /// Where a block of an operand or of the result begins.
    private func pointer(
        _ buffer: String, _ matrix: ProductLayout.Matrix, _ step: (ProductLayout.Loop) -> Int, _ block: String, _ stride: Int
    ) -> String {
        var parts = [buffer]
        if matrix.offset != 0 { parts.append("\(matrix.offset)") }
        for (position, loop) in layout.loops.enumerated() where step(loop) != 0 {
            parts.append("\(step(loop))*batch\(position)")
        }
        for (position, loop) in layout.sums.enumerated() where step(loop) != 0 { parts.append("\(step(loop))*sum\(position)") }
        return (parts + ["\(stride)*\(block)"]).joined(separator: " + ")
    }

    private struct Blocks {
        var count: Int
        var size: Int
    }

    private static func split(_ extent: Int, atLeast smallest: Int, work: Int) -> Blocks {
        let wanted = max(1, min(32, extent / smallest, work / blockWork))
        let size = ((extent + wanted - 1) / wanted + 15) / 16 * 16
        return Blocks(count: max(1, (extent + size - 1) / size), size: size)
    }
}
