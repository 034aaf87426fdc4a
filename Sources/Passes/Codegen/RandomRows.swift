import Graph

/// A loop nest that only draws random numbers into rows that are padded to whole vectors.
struct RandomRows {
    /// How many numbers `dg_uniform_rows` draws before it copies them into rows.
    static let drawnAtOnce = 1984

    /// The C statement that draws all rows.
    let call: String

    /// Nil where the nest computes something else, or where its rows do not follow each other in position.
    init?(_ nest: LoopNest, _ buffers: BufferMap) {
        guard nest.reduction == nil, nest.elementType == .f32, let row = nest.outer.last, let inner = nest.inner,
            case .random(let key, let stream, let position) = nest.expression.entries[nest.root].node,
            position.coefficient(of: inner.variable) == 1, nest.targetOffset.coefficient(of: inner.variable) == 1,
            nest.targetOffset.coefficient(of: row.variable) == inner.extent, inner.extent % 16 == 0
        else { return nil }
        let count = position.coefficient(of: row.variable)
        guard count <= inner.extent, inner.extent - count < 16, count > 0, count <= Self.drawnAtOnce else { return nil }
        let start = position.removing(inner.variable).removing(row.variable).source
        let target = "\(buffers.buffers[nest.target].name) + "
            + nest.targetOffset.removing(inner.variable).removing(row.variable).source
        let name = buffers.buffers[key].name
        call = "dg_uniform_rows(\(target), \(row.extent), \(count), \(inner.extent), \(name)[0], \(name)[1], \(stream), \(start));"
    }
}
