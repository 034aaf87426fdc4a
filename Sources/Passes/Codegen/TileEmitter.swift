import Graph

/// Emits a tiled kernel: for each tile all of the body's operations, with intermediates in the thread's scratch memory.
struct TileEmitter {
    let body: Graph
    let tiling: Tiling
    private(set) var buffers: BufferMap
    private let storage: TileStorage

    /// Scratch bytes that a thread needs.
    var scratchBytes: Int { storage.scratchBytes }

    init(body: Graph, tiling: Tiling, buffers: BufferMap) {
        self.body = body
        self.tiling = tiling
        self.buffers = buffers
        storage = TileStorage(body, tiling)
    }

    /// The tasks and their statements.
    mutating func emit() throws(Diagnostic) -> TaskCode {
        let declarations = assignSlots()
        var lines: [String] = []
        for (index, node) in body.nodes.enumerated() {
            let range = storage.rangeOfNode[index]
            if let range, range.lowerBound == index { lines += openInner(range) }
            let code = try emit(node, depth: tiling.axes + (range == nil ? 0 : 1))
            lines += range == nil ? code : code.map { "    " + $0 }
            if let range, range.upperBound == index + 1 { lines.append("}") }
        }
        return tasks(declarations + lines)
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
            let name = "v\(value.index)"
            let element = CSource.type(type)
            lines.append("\(element) *const \(name) = (\(element) *)(scratch + \(slot.offset));")
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
        let code = try emitter.emit(node)
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
        let first = Affine.linear((0..<axes).map { Affine(variable: $0) }, strides: Array(shape.strides.prefix(axes)))
        let count = shape.dimensions.dropFirst(axes).reduce(1, *)
        let name = buffers.buffers[key].name
        return [
            "dg_uniform_row(\(buffers.buffers[target].name), \(count), \(name)[0], \(name)[1], "
                + "\(buffers.source(ofStream: stream)), \(first.source));"
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
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .scan:
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
