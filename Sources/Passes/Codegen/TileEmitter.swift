import Graph

/// Emits a tiled kernel: for each tile all of the body's operations, with intermediates in the thread's scratch memory.
struct TileEmitter {
    let body: Graph
    let tiling: Tiling
    private(set) var buffers: BufferMap
    private let storage: TileStorage
    /// Where the body is that of a block of rows inside another one.
    private let block: RowBlockBody?
    /// Where the scratch memory begins, and how the pointers into it are called.
    private let scratchStart: Int
    /// What the blocks of rows need of it.
    private var blockBytes = 0

    /// Scratch bytes that a thread needs.
    var scratchBytes: Int { storage.scratchBytes + blockBytes }

    init(body: Graph, tiling: Tiling, buffers: BufferMap) {
        self.body = body
        self.tiling = tiling
        self.buffers = buffers
        storage = TileStorage(body, tiling)
        block = nil
        scratchStart = 0
    }

    /// The emitter of a block of rows; the loops around it are its caller's.
    fileprivate init(_ block: RowBlockBody, depth: Int, buffers: BufferMap, scratchStart: Int) {
        body = block.graph
        tiling = Tiling(axes: depth)
        self.buffers = buffers
        storage = TileStorage(block.graph, tiling)
        self.block = block
        self.scratchStart = scratchStart
    }

    /// The tasks and their statements.
    mutating func emit() throws(Diagnostic) -> TaskCode { tasks(try statements()) }

    /// The statements for one tile.
    private mutating func statements() throws(Diagnostic) -> [String] {
        var lines = assignSlots()
        for (index, node) in body.nodes.enumerated() {
            let range = storage.rangeOfNode[index]
            if let range, range.lowerBound == index { lines += openInner(range) }
            let depth = tiling.axes + (range == nil ? 0 : 1)
            var code: [String] = []
            if let block = tiling.blocks.firstIndex(where: { $0.nodes.contains(index) }) {
                if tiling.blocks[block].nodes.lowerBound == index { code = try emit(block: block, depth: depth) }
            } else {
                code = try emit(node, depth: depth)
            }
            lines += range == nil ? code : code.map { "    " + $0 }
            if let range, range.upperBound == index + 1 { lines.append("}") }
        }
        return lines
    }

    /// The loops over tiles, or the tile's indices from the task's number.
    private func tasks(_ lines: [String]) -> TaskCode {
        guard let tasks = tiling.tasks else {
            let extents = tileExtents()
            var head: [String] = []
            var divisor = extents.reduce(1, *)
            for (axis, extent) in extents.enumerated() {
                divisor /= max(1, extent)
                head.append("const long i\(axis) = task / \(divisor)\(axis == 0 ? "" : " % \(extent)");")
            }
            return TaskCode(tasks: extents.reduce(1, *), lines: head + lines)
        }
        let count = tileExtents()[0] / tasks
        var head: [String] = ["const long part = task;"]
        for output in body.outputs where body.isSumOverTiles(output.value, tasks: tasks) {
            let type = body.type(of: output.value)
            let bytes = type.byteCount / tasks
            let name = buffers.buffer(of: output.value).map { buffers.buffers[$0].name } ?? ""
            head.append("memset(\(name) + \(type.elementCount / tasks)*part, 0, \(bytes));")
        }
        head.append("for (long i0 = part*\(count); i0 < part*\(count) + \(count); ++i0) {")
        return TaskCode(tasks: tasks, lines: head + lines.map { "    " + $0 } + ["}"])
    }

    private func tileExtents() -> [Int] {
        for output in body.outputs {
            if let tasks = tiling.tasks, body.isSumOverTiles(output.value, tasks: tasks) { continue }
            return Array(body.type(of: output.value).shape.dimensions.prefix(tiling.axes))
        }
        return [body.tileCount(tasks: tiling.tasks ?? 1) ?? 1]
    }

    private func openInner(_ range: Range<Int>) -> [String] {
        let axis = tiling.axes
        let extent = range.lazy.map { body.nodes[$0] }.first { storage.isStored($0) && body.type(of: $0.result).shape.rank > axis }
            .map { body.type(of: $0.result).shape[axis] } ?? 1
        return ["for (long i\(axis) = 0; i\(axis) < \(extent); ++i\(axis)) {"]
    }

    // MARK: Memory

    /// Gives every stored value and every view its buffer; returns the declarations of scratch pointers.
    private mutating func assignSlots() -> [String] {
        var lines: [String] = []
        for (value, slot) in storage.slots.sorted(by: { $0.key < $1.key }) {
            let type = body.type(of: value).elementType
            let name = "\(block == nil ? "v" : "u")\(value.index)"
            let element = CSource.type(type)
            lines.append("\(element) *const \(name) = (\(element) *)(scratch + \(scratchStart + slot.offset));")
            let buffer = buffers.add(
                name, type, tileAxes: slot.tileAxes, rowLength: slot.rowLength, allowsOverreading: storage.isDrawn(value))
            buffers.assign(buffer, to: value)
        }
        for node in body.nodes {
            if storage.isView(node) { assignView(node) }
            for result in node.results { assignTranspose(result) }
        }
        return lines
    }

    private mutating func assignView(_ node: Graph.Node) {
        guard let buffer = buffers.buffer(of: node.operands[0]) else { return }
        let shapes = [node.operands[0], node.result].map { body.type(of: $0).shape }
        guard let tasks = tiling.tasks, Tiling.cutsFirstAxis(shapes[0], into: shapes[1], tasks: tasks) else {
            return buffers.assign(buffer, to: node.result)
        }
        let strides = buffers.strides(buffer, shapes[0])
        let entry = buffers.buffers[buffer]
        let cut = [strides[0] * shapes[1][1], strides[0]] + strides.dropFirst()
        buffers.assign(buffers.add(entry.name, entry.elementType, rowLength: entry.rowLength, strides: cut), to: node.result)
    }

    private mutating func assignTranspose(_ value: ValueID) {
        guard let (target, permutation) = storage.transposes[value], let buffer = buffers.buffer(of: target) else { return }
        let strides = buffers.strides(buffer, body.type(of: target).shape)
        var own = strides
        for (position, axis) in permutation.enumerated() { own[axis] = strides[position] }
        let entry = buffers.buffers[buffer]
        buffers.assign(buffers.add(entry.name, entry.elementType, strides: own), to: value)
    }

    // MARK: Statements

    private mutating func emit(_ node: Graph.Node, depth: Int) throws(Diagnostic) -> [String] {
        guard storage.isStored(node), !storage.isWrittenElsewhere(node.result) else { return [] }
        if let tasks = tiling.tasks, body.isSumOverTiles(node.result, tasks: tasks) { return try addPart(node, tasks: tasks) }
        if case .randomUniform(_, let stream) = node.op, storage.isDrawn(node.result) { return try draw(node, stream) }
        var emitter = NodeEmitter(graph: body, buffers: buffers, tileAxes: depth)
        let code: TaskCode
        if let block, block.sums.contains(node.result), case .dot(let dimensions) = node.op {
            code = try emitter.addProduct(node, dimensions)
        } else {
            code = try emitter.emit(node)
        }
        buffers = emitter.buffers
        if code.tasks == 1 { return ["{", "    const long task = 0; (void)task;"] + code.lines.map { "    " + $0 } + ["}"] }
        return ["for (long task = 0; task < \(code.tasks); ++task) {"] + code.lines.map { "    " + $0 } + ["}"]
    }

    /// Draws all random numbers of a tile in one go: they are neighbours.
    private func draw(_ node: Graph.Node, _ stream: Int) throws(Diagnostic) -> [String] {
        guard let target = buffers.buffer(of: node.result), let key = buffers.buffer(of: node.operands[0]) else {
            throw Diagnostic("codegen.buffer", body.name(of: node.result), "value has no buffer", kind: .compilerBug)
        }
        let shape = body.type(of: node.result).shape
        let axes = buffers.buffers[target].tileAxes
        // A block of rows draws its part of the whole tile's numbers.
        let whole = block?.drawn[node.result] ?? shape
        let first = Affine.linear((0..<axes).map { Affine(variable: $0) }, strides: Array(whole.strides.prefix(axes)))
        let row = whole == shape ? "" : " + \(whole.strides[axes])*row"
        let count = shape.dimensions.dropFirst(axes).reduce(1, *)
        let name = buffers.buffers[key].name
        return [
            "dg_uniform_row(\(buffers.buffers[target].name), \(count), \(name)[0], \(name)[1], "
                + "\(buffers.source(ofStream: stream)), \(first.source)\(row));"
        ]
    }

    /// Adds this tile's part to the task's partial sum.
    private mutating func addPart(_ node: Graph.Node, tasks: Int) throws(Diagnostic) -> [String] {
        switch node.op {
        case .dot(let dimensions): return try addProduct(node, dimensions, tasks: tasks)
        case .reduce(_, let axes):
            var emitter = NodeEmitter(graph: body, buffers: buffers, tileAxes: 1)
            let code = try emitter.addPart(node, axes)
            buffers = emitter.buffers
            let tiles = tileExtents()[0] / tasks
            let rank = body.type(of: node.result).shape.rank
            // Inside, the first variable numbers the task, and the reduction's first one the tile within it.
            return ["{", "    const long tile = i0 - part*\(tiles); (void)tile;", "    {",
                "        const long i0 = part, i\(rank) = tile; (void)i0; (void)i\(rank);",
                "        for (long task = 0; task < \(code.tasks); ++task) {"]
                + code.lines.map { "            " + $0 } + ["        }", "    }", "}"]
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            throw Diagnostic("codegen.sum", body.name(of: node.result), "\(node.op.spelling) is not a sum", kind: .compilerBug)
        }
    }

    /// The contracting axis that numbers the tiles of a task is the loop around: what is left is a product of one tile.
    private mutating func addProduct(_ node: Graph.Node, _ dimensions: DotDimensions, tasks: Int) throws(Diagnostic) -> [String] {
        var product = dimensions
        func tile(_ value: ValueID) throws(Diagnostic) -> TileProduct.Operand {
            guard let buffer = buffers.buffer(of: value) else {
                throw Diagnostic("codegen.buffer", body.name(of: value), "value has no buffer", kind: .compilerBug)
            }
            let shape = body.type(of: value).shape
            let strides = buffers.strides(buffer, shape)
            var extents = shape.dimensions
            extents.remove(at: 1)
            return TileProduct.Operand(
                name: buffers.buffers[buffer].name, shape: Shape(extents), strides: [strides[1]] + strides.dropFirst(2),
                rowLength: buffers.buffers[buffer].rowLength)
        }
        let shape = body.type(of: node.result).shape
        let name = buffers.buffer(of: node.result).map { buffers.buffers[$0].name } ?? ""
        let result = TileProduct.Operand(
            name: "\(name) + \(shape.elementCount / tasks)*part", shape: shape, strides: [0] + shape.strides.dropFirst())
        func within(_ axes: [Int]) -> [Int] { axes.filter { $0 != 1 }.map { $0 > 1 ? $0 - 1 : $0 } }
        product.leftContracting = within(dimensions.leftContracting)
        product.rightContracting = within(dimensions.rightContracting)
        guard let code = TileProduct(
            product, [result, try tile(node.operands[0]), try tile(node.operands[1])], tileAxes: 1, adds: true)
        else {
            throw Diagnostic(
                "codegen.sum", body.name(of: node.result), "the axes of a product do not merge into matrices", kind: .compilerBug)
        }
        buffers.add(code.function)
        return [code.call]
    }
}

// MARK: Blocks of rows

extension TileEmitter {
    /// A loop over blocks of rows, and a shorter last one where the rows do not divide.
    fileprivate mutating func emit(block number: Int, depth: Int) throws(Diagnostic) -> [String] {
        let block = tiling.blocks[number]
        guard let axes = storage.rowAxes[number] else {
            throw Diagnostic("codegen.rows", body.name, "nodes \(block.nodes) have no rows", kind: .compilerBug)
        }
        let exports = storage.exports(ofBlock: number)
        var lines: [String] = []
        for value in exports where axes.axis(of: value) == nil { lines += clear(value, depth: depth) }
        let rows = min(block.rows, axes.rowCount)
        let whole = axes.rowCount / rows * rows
        lines.append("for (long row = 0; row < \(whole); row += \(rows)) {")
        lines += try statements(axes, rows: rows, exports, depth: depth)
        lines.append("}")
        if whole < axes.rowCount {
            lines += ["{", "    const long row = \(whole);"]
            lines += try statements(axes, rows: axes.rowCount - whole, exports, depth: depth)
            lines.append("}")
        }
        return lines
    }

    private mutating func statements(
        _ axes: RowAxes, rows: Int, _ exports: [ValueID], depth: Int
    ) throws(Diagnostic) -> [String] {
        let outer = buffers
        let part = try RowBlockBody(body, axes, rows: rows, exports: exports) { outer.buffer(of: $0) != nil }
        var inner = BufferMap(streams: buffers.streams)
        var lines: [String] = []
        for (position, input) in part.inputs.enumerated() {
            let (buffer, line) = try pointer("f\(position)", to: input, isRead: true, &inner)
            inner.assign(buffer, to: part.graph.inputs[position].value)
            lines.append(line)
        }
        for (position, output) in part.outputs.enumerated() {
            let (buffer, line) = try pointer("g\(position)", to: output, isRead: false, &inner)
            inner.assign(buffer, to: part.graph.outputs[position].value)
            lines.append(line)
        }
        let start = (storage.scratchBytes + 63) / 64 * 64
        var emitter = TileEmitter(part, depth: depth, buffers: inner, scratchStart: scratchStart + start)
        lines += try emitter.statements()
        for function in emitter.buffers.functions { buffers.add(function) }
        blockBytes = max(blockBytes, start - storage.scratchBytes + emitter.scratchBytes)
        return (emitter.buffers.declarations + lines).map { "    " + $0 }
    }

    /// A pointer to a block's rows of a value outside, and the buffer that stands for them.
    private func pointer(
        _ name: String, to form: RowBlockBody.Form, isRead: Bool, _ inner: inout BufferMap
    ) throws(Diagnostic) -> (buffer: Int, line: String) {
        guard let outside = buffers.buffer(of: form.value) else {
            throw Diagnostic("codegen.buffer", body.name(of: form.value), "value has no buffer", kind: .compilerBug)
        }
        let entry = buffers.buffers[outside]
        let shape = body.type(of: form.value).shape
        let strides = buffers.strides(outside, shape)
        let isLastAxis = form.rowAxis == shape.rank - 1
        let buffer = inner.add(
            name, entry.elementType, rowLength: isLastAxis ? nil : entry.rowLength, strides: strides,
            allowsOverreading: entry.allowsOverreading && !isLastAxis)
        let type = (isRead ? "const " : "") + CSource.type(entry.elementType)
        let offset = form.rowAxis.map { " + \(strides[$0])*row" } ?? ""
        return (buffer, "\(type) *const \(name) = \(entry.name)\(offset);")
    }

    /// Sets a value of one tile to zero.
    private func clear(_ value: ValueID, depth: Int) -> [String] {
        guard let buffer = buffers.buffer(of: value) else { return [] }
        let shape = body.type(of: value).shape
        let strides = buffers.strides(buffer, shape)
        let loops = (depth..<shape.rank).map { "for (long i\($0) = 0; i\($0) < \(shape[$0]); ++i\($0))" }
        let place = Affine.linear((0..<shape.rank).map { Affine(variable: $0) }, strides: strides)
        return loops + ["    \(buffers.buffers[buffer].name)[\(place.source)] = 0;"]
    }
}
