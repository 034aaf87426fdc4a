import Graph

/// The C code of one node whose result goes to memory: a number of independent tasks.
struct TaskCode {
    var tasks: Int
    /// Statements of the task numbered by the variable `task`.
    var lines: [String]
    /// Bytes of the thread's scratch memory that the statements use.
    var threadScratchBytes = 0
}

/// Emits one node of a body into its result's buffer; the expressions it reads are computed inside its loops.
struct NodeEmitter {
    let graph: Graph
    var buffers: BufferMap
    /// In a tiled kernel: how many leading axes number the tile; `i0`, `i1` are their indices.
    var tileAxes = 0
    /// In a loop's body: one thread does all of the node, so that its tasks are written as plain loops.
    var isSequential = false

    /// Reductions over plain values, products that the BLAS does not take, movements and elementwise expressions.
    mutating func emit(_ node: Graph.Node) throws(Diagnostic) -> TaskCode {
        switch node.op {
        case .reduce(let reduction, let axes): return try reduce(node, reduction, axes)
        case .dot(let dimensions):
            if tileAxes > 0 { return try tileProduct(node, dimensions) }
            return try product(node, dimensions)
        case .overlapAdd(let axis): return try overlapAdd(node, axis)
        case .scatterAdd(let count): return try scatterAdd(node, count)
        case .matrix(let op): return try matrix(node, op)
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .gather:
            return try pointwise(node)
        case .scan:
            throw Diagnostic("codegen.scan", graph.name(of: node.results[0]), "loops are emitted as blocks", kind: .compilerBug)
        }
    }

    private func target(_ node: Graph.Node) throws(Diagnostic) -> Int {
        guard let buffer = buffers.buffer(of: node.result) else {
            throw Diagnostic("codegen.target", graph.name(of: node.result), "result has no buffer", kind: .compilerBug)
        }
        return buffer
    }

    /// The C names of the result's and the operands' buffers.
    private func names(_ node: Graph.Node) throws(Diagnostic) -> [String] {
        try names(of: [node.result] + node.operands)
    }

    private func names(of values: [ValueID]) throws(Diagnostic) -> [String] {
        var names: [String] = []
        for value in values {
            guard let buffer = buffers.buffer(of: value) else {
                throw Diagnostic("codegen.buffer", graph.name(of: value), "value has no buffer", kind: .compilerBug)
            }
            names.append(buffers.buffers[buffer].name)
        }
        return names
    }

    private mutating func finish(_ nest: LoopNest, _ lowering: ScalarLowering) -> TaskCode {
        buffers = lowering.buffers
        if isSequential {
            let printer = LoopPrinter(nest: nest.mergingInner(block: LoopPrinter.columnBlock), buffers: buffers, contracts: true)
            return TaskCode(tasks: 1, lines: printer.nested())
        }
        if let turn = MatrixTurn(nest, buffers, task: "task") { return TaskCode(tasks: turn.tasks, lines: turn.lines) }
        let printer = LoopPrinter(nest: nest, buffers: buffers)
        return TaskCode(tasks: printer.tasks, lines: printer.body(task: "task"))
    }

    private mutating func pointwise(_ node: Graph.Node) throws(Diagnostic) -> TaskCode {
        var lowering = ScalarLowering(graph, buffers)
        let type = graph.type(of: node.result)
        let nest = try LoopNest.pointwise(
            type.shape, &lowering, target: try target(node), type: type.elementType, tileAxes: tileAxes
        ) { lowering, index throws(Diagnostic) in try lowering.element(of: node, at: index) }
        return finish(nest, lowering)
    }

    /// The values of one shape that a pointwise kernel returns, in one loop nest.
    mutating func emit(_ values: [ValueID], into targets: [Int]) throws(Diagnostic) -> TaskCode {
        var lowering = ScalarLowering(graph, buffers)
        let type = graph.type(of: values[0])
        let nest = try LoopNest.pointwise(
            type.shape, &lowering, targets: targets, type: type.elementType
        ) { lowering, index throws(Diagnostic) in
            var elements: [ScalarExpression.ID] = []
            for value in values { elements.append(try lowering.element(value, at: index)) }
            return elements
        }
        return finish(nest, lowering)
    }

    private mutating func reduce(
        _ node: Graph.Node, _ reduction: Reduction, _ axes: [Int]
    ) throws(Diagnostic) -> TaskCode {
        let operand = graph.type(of: node.operands[0])
        let result = graph.type(of: node.result)
        var lowering = ScalarLowering(graph, buffers)
        var index = [Affine](repeating: Affine(constant: 0), count: operand.shape.rank)
        let kept = (0..<operand.shape.rank).filter { !axes.contains($0) }
        for (variable, axis) in kept.enumerated() { index[axis] = Affine(variable: variable) }
        var reduced: [LoopNest.Loop] = []
        for (position, axis) in axes.enumerated() {
            index[axis] = Affine(variable: kept.count + position)
            reduced.append(LoopNest.Loop(variable: kept.count + position, extent: operand.shape[axis]))
        }
        let root = try lowering.element(node.operands[0], at: index)
        // Where the last axis stays, neighbours in memory are different results: they run side by side.
        let innerIsResult = kept.count > tileAxes && !axes.contains(operand.shape.rank - 1)
        let nest = LoopNest.reducing(
            reduction, result: result.shape, reduced: reduced, innerIsResult: innerIsResult, lowering,
            root: root, target: try target(node), type: result.elementType, tileAxes: tileAxes)
        return finish(nest, lowering)
    }

    /// Adds one tile's part of a sum over tiles; the operand's second axis, which numbers the tiles of a task, has no loop.
    mutating func addPart(
        _ node: Graph.Node, _ axes: [Int]
    ) throws(Diagnostic) -> TaskCode {
        let operand = graph.type(of: node.operands[0])
        let result = graph.type(of: node.result)
        var lowering = ScalarLowering(graph, buffers)
        var index = [Affine](repeating: Affine(constant: 0), count: operand.shape.rank)
        let kept = (0..<operand.shape.rank).filter { !axes.contains($0) }
        for (variable, axis) in kept.enumerated() { index[axis] = Affine(variable: variable) }
        for (position, axis) in axes.enumerated() { index[axis] = Affine(variable: kept.count + position) }
        let reduced = axes.enumerated().dropFirst().map {
            LoopNest.Loop(variable: kept.count + $0.offset, extent: operand.shape[$0.element])
        }
        let root = try lowering.element(node.operands[0], at: index)
        var nest = LoopNest.reducing(
            .sum, result: result.shape, reduced: reduced,
            innerIsResult: kept.count > tileAxes && !axes.contains(operand.shape.rank - 1), lowering,
            root: root, target: try target(node), type: result.elementType, tileAxes: tileAxes)
        nest.accumulates = true
        return finish(nest, lowering)
    }

    /// Adds a product of the current tile to what its result holds.
    mutating func addProduct(_ node: Graph.Node, _ dimensions: DotDimensions) throws(Diagnostic) -> TaskCode {
        try tileProduct(node, dimensions, adds: true)
    }

    /// A product of matrices in memory, or of strides over it; all others are sums in a loop nest.
    private mutating func product(_ node: Graph.Node, _ dimensions: DotDimensions) throws(Diagnostic) -> TaskCode {
        let operands = StridedView.operands(of: node, graph) { buffers.buffer(of: $0) != nil }
        let type = graph.type(of: node.result).elementType
        guard let operands, let layout = ProductLayout(dimensions, operands, type), !isSequential || layout.isLarge else {
            return try smallProduct(node, dimensions)
        }
        let names = try names(of: [node.result, operands.left.source, operands.right.source])
        return try ProductEmitter(layout: layout, buffers: names).emit()
    }

    private mutating func smallProduct(
        _ node: Graph.Node, _ dimensions: DotDimensions, adds: Bool = false
    ) throws(Diagnostic) -> TaskCode {
        let types = node.operands.map { graph.type(of: $0) }
        let result = graph.type(of: node.result)
        let indices = DotIndices(dimensions, types.map(\.shape.rank))
        let reduced = zip(indices.contracting, dimensions.leftContracting).map {
            LoopNest.Loop(variable: $0, extent: types[0].shape[$1])
        }
        let rightFree = dimensions.rightFree(rank: types[1].shape.rank)
        var lowering = ScalarLowering(graph, buffers)
        let a = try lowering.element(node.operands[0], at: indices.left)
        let b = try lowering.element(node.operands[1], at: indices.right)
        let root = lowering.expression.add(.binary(.multiply, a, b), result.elementType)
        var rightIsRows = result.shape.rank > tileAxes && (rightFree.last.map { types[1].shape.strides[$0] == 1 } ?? false)
        if isSequential, rightFree.isEmpty, let last = dimensions.leftFree(rank: types[0].shape.rank).last {
            rightIsRows = types[0].shape.strides[last] == 1
        }
        var nest = LoopNest.reducing(
            .sum, result: result.shape, reduced: reduced, innerIsResult: rightIsRows, lowering, root: root,
            target: try target(node), type: result.elementType, tileAxes: tileAxes)
        nest.accumulates = adds
        return finish(nest, lowering)
    }

    /// A product of the current tile, small enough for registers and first-level cache.
    private mutating func tileProduct(
        _ node: Graph.Node, _ dimensions: DotDimensions, adds: Bool = false
    ) throws(Diagnostic) -> TaskCode {
        let values = [node.result] + node.operands
        var operands: [TileProduct.Operand] = []
        for value in values {
            guard let buffer = buffers.buffer(of: value) else { return try smallProduct(node, dimensions, adds: adds) }
            let shape = graph.type(of: value).shape
            operands.append(
                TileProduct.Operand(
                    name: buffers.buffers[buffer].name, shape: shape, strides: buffers.strides(buffer, shape),
                    rowLength: buffers.buffers[buffer].rowLength))
        }
        let isSingle = graph.type(of: node.result).elementType == .f32
        guard isSingle, let product = TileProduct(dimensions, operands, tileAxes: tileAxes, adds: adds) else {
            return try smallProduct(node, dimensions, adds: adds)
        }
        buffers.add(product.function)
        return TaskCode(tasks: 1, lines: [product.call])
    }

    /// One task for each entry of the axes before the windows: their results do not overlap.
    private mutating func overlapAdd(_ node: Graph.Node, _ axis: Int) throws(Diagnostic) -> TaskCode {
        let names = try names(node)
        let shape = graph.type(of: node.operands[0]).shape
        let result = graph.type(of: node.result)
        let tasks = shape.dimensions[..<axis].reduce(1, *)
        let row = shape.dimensions[(axis + 2)...].reduce(1, *)
        let size = result.shape[axis] * row
        let (count, window) = (shape[axis], shape[axis + 1])
        let type = CSource.type(result.elementType)
        return TaskCode(
            tasks: tasks,
            lines: [
                "\(type) *const sum = \(names[0]) + \(size)*task;",
                "const \(type) *const part = \(names[1]) + \(count * window * row)*task;",
                "for (long i = 0; i < \(size); ++i) sum[i] = 0;",
                "for (long t = 0; t < \(count); ++t)",
                "    for (long j = 0; j < \(window); ++j) {",
                "        DG_VECTORIZE",
                "        for (long c = 0; c < \(row); ++c) sum[(t + j)*\(row) + c] += part[(t*\(window) + j)*\(row) + c];",
                "    }",
            ])
    }

    /// One task for each matrix.
    private mutating func matrix(_ node: Graph.Node, _ op: MatrixOp) throws(Diagnostic) -> TaskCode {
        let names = try names(node)
        let result = graph.type(of: node.result)
        let extent = graph.type(of: node.operands[0]).shape.dimensions.last ?? 0
        let columns = result.shape.dimensions.last ?? 0
        for function in CMatrix.functions(op, result.elementType) { buffers.add(function) }
        let sizes = [extent * columns, extent * extent, extent * columns]
        let places = zip(names, sizes).map { "\($0) + \($1)*task" }.joined(separator: ", ")
        let call = "\(CMatrix.name(op, result.elementType))(\(places), \(extent), \(columns), (double *)dg_thread_scratch);"
        return TaskCode(
            tasks: result.shape.dimensions.dropLast(2).reduce(1, *), lines: [call],
            threadScratchBytes: 8 * CMatrix.workspace(op, extent: extent, columns: columns))
    }

    private mutating func scatterAdd(_ node: Graph.Node, _ count: Int) throws(Diagnostic) -> TaskCode {
        let names = try names(node)
        let rows = graph.type(of: node.operands[0]).shape[0]
        let result = graph.type(of: node.result)
        let row = result.elementCount / count
        return TaskCode(
            tasks: 1,
            lines: [
                "for (long i = 0; i < \(result.elementCount); ++i) \(names[0])[i] = 0;",
                "for (long n = 0; n < \(rows); ++n) {",
                "    const long k = dg_clamp(\(names[2])[n], \(count));",
                "    DG_VECTORIZE",
                "    for (long c = 0; c < \(row); ++c) \(names[0])[k*\(row) + c] += \(names[1])[n*\(row) + c];",
                "}",
            ])
    }
}
