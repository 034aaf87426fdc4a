import Graph

/// A loop nest that only exchanges the rows and columns of a matrix: blocks of it are turned in registers.
struct MatrixTurn {
    /// Rows of the result per task.
    private static let blockRows = 64

    let tasks: Int
    let lines: [String]

    /// Nil where the nest computes something else, or where the result's rows are not whole vectors.
    init?(_ nest: LoopNest, _ buffers: BufferMap, task: String) {
        guard nest.reduction == nil, nest.tileAxes == 0, nest.elementType == .f32, nest.outer.count == 1, let inner = nest.inner,
            case .load(let source, let offset) = nest.expression.entries[nest.root].node
        else { return nil }
        let row = nest.outer[0]
        let step = offset.coefficient(of: inner.variable)
        guard offset.coefficient(of: row.variable) == 1, step > 1, inner.extent % 16 == 0,
            nest.targetOffset.coefficient(of: inner.variable) == 1,
            nest.targetOffset.coefficient(of: row.variable) == inner.extent
        else { return nil }
        tasks = (row.extent + Self.blockRows - 1) / Self.blockRows
        let from = "\(buffers.buffers[source].name) + \(offset.removing(inner.variable).removing(row.variable).source) + first"
        let to = "\(buffers.buffers[nest.target].name) + "
            + "\(nest.targetOffset.removing(inner.variable).removing(row.variable).source) + \(inner.extent)*first"
        func turn(_ rows: Int) -> String { "dg_pack(\(to), \(inner.extent), \(from), \(rows), 1, \(inner.extent), \(step));" }
        let rest = row.extent % Self.blockRows
        var lines = ["const long first = \(Self.blockRows)*(\(task));"]
        if rest == 0 {
            lines.append(turn(Self.blockRows))
        } else if tasks == 1 {
            lines.append(turn(rest))
        } else {
            lines += ["if (\(task) < \(tasks - 1)) \(turn(Self.blockRows))", "else \(turn(rest))"]
        }
        self.lines = lines
    }
}
