import Graph

/// Emits a tiled kernel: for each tile all of the body's operations, with intermediates in the thread's scratch memory.
struct TileEmitter {
    let body: Graph
    let tileAxes: Int

    /// The tasks, their statements, and the scratch bytes that a thread needs.
    func emit(_ initial: BufferMap) throws(Diagnostic) -> (code: TaskCode, declarations: [String], scratchBytes: Int) {
        var buffers = initial
        var scratch = Scratch(offset: 0)
        let materialization = Materialization(body, productsReadInPlace: false)
        let extents = (body.outputs.first.map { body.type(of: $0.value).shape.dimensions } ?? []).prefix(tileAxes)
        var lines: [String] = []
        var divisor = extents.reduce(1, *)
        for (axis, extent) in extents.enumerated() {
            divisor /= max(1, extent)
            lines.append("const long i\(axis) = task / \(divisor)\(axis == 0 ? "" : " % \(extent)");")
        }
        for node in body.nodes {
            if case .view(let operand) = node.op.aliasClass {
                guard let buffer = buffers.buffer(of: node.operands[operand]) else {
                    throw Diagnostic("codegen.view", body.name(of: node.result), "operand has no buffer", kind: .compilerBug)
                }
                buffers.assign(buffer, to: node.result)
                continue
            }
            if materialization.placement(node.result) == .inlined && !isDrawn(node.op) { continue }
            if buffers.buffer(of: node.result) == nil {
                let type = body.type(of: node.result)
                var extents = Array(type.shape.dimensions.dropFirst(tileAxes))
                let rowLength = paddedRow(of: node.result, extents)
                if let rowLength { extents[extents.count - 1] = rowLength }
                lines.append(scratch.allocate(type.with(shape: Shape(extents)), name: "v\(node.result.index)"))
                buffers.assign(
                    buffers.add(
                        "v\(node.result.index)", type.elementType, tileAxes: tileAxes, rowLength: rowLength),
                    to: node.result)
            }
            var emitter = NodeEmitter(graph: body, buffers: buffers, tileAxes: tileAxes)
            let code = try emitter.emit(node)
            buffers = emitter.buffers
            lines += ["for (long task = 0; task < \(code.tasks); ++task) {"] + code.lines.map { "    " + $0 } + ["}"]
        }
        return (TaskCode(tasks: extents.reduce(1, *), lines: lines), buffers.declarations, scratch.offset)
    }

    /// Random numbers are drawn once per tile, in rows, however many operations of the tile use them.
    private func isDrawn(_ op: Op) -> Bool {
        if case .randomUniform = op { true } else { false }
    }

    /// Rows of a scratch matrix are padded to whole vectors, so that loops over them need no remainder; a view would not
    /// know of the padding.
    private func paddedRow(of value: ValueID, _ extents: [Int]) -> Int? {
        guard extents.count >= 2, let last = extents.last, last >= 12, last % 16 != 0,
            body.type(of: value).elementType == .f32
        else { return nil }
        for user in UseIndex(body).users[value.index] {
            if case .view = body.node(user).op.aliasClass { return nil }
        }
        return (last + 15) / 16 * 16
    }
}
