import Graph

/// Writes the kernel graph of a contraction: one tiled kernel for each group.
struct TileJoining {
    private let contraction: Contraction
    private let graph: KernelGraph
    private var result: KernelGraph
    private var takenNames: Set<String>
    /// Matrices that all tiles share, made once for all of them.
    private var sharedMatrices: [SharedMatrix: TensorID] = [:]

    /// A matrix as the body of the kernel that makes it.
    private struct SharedMatrix: Hashable {
        var operands: [TensorID]
        var body: Graph
    }

    init(_ contraction: Contraction) {
        self.contraction = contraction
        graph = contraction.graph
        result = graph
        takenNames = Set(graph.tensors.map(\.name))
    }

    mutating func run() throws(Diagnostic) -> KernelGraph {
        result.kernels = []
        for unit in contraction.unitOrder() {
            guard let group = contraction.group(of: unit[0]) else {
                result.kernels.append(graph.kernels[unit[0]])
                continue
            }
            try join(group)
        }
        for (index, kernel) in result.kernels.enumerated() {
            for tensor in kernel.results { result.tensors[tensor.index].origin = .kernel(index) }
        }
        return result.normalized()
    }

    /// What kernels outside a group, or the graph's outputs, read of its members' results.
    private func resultsReadOutside(_ group: TileGroup) -> [TensorID] {
        let returned = Set(graph.outputs.map { graph.storage(of: $0.tensor) })
        return group.members.flatMap { graph.kernels[$0].results }.filter { tensor in
            returned.contains(tensor) || contraction.readers[tensor, default: []].contains { !group.contains($0) }
        }
    }

    /// Appends one kernel whose body holds the members' bodies; its results are what others read.
    private mutating func join(_ group: TileGroup) throws(Diagnostic) {
        let hasSums = group.accessOf.values.contains { $0.role == .sum }
        let tasks = hasSums ? TaskCount.ofTiles(group.tiles[0]) : nil
        var body = JoinedBody(graph: graph, inside: Set(group.members))
        var sums: [(partial: TensorID, total: TensorID)] = []
        var matrices: [Int: TensorID] = [:]
        // Inputs come before all operations.
        for member in group.members {
            let kernel = graph.kernels[member]
            if let access = group.accessOf[member], let matrix = try sharedMatrix(kernel, access) {
                matrices[member] = matrix
                try body.declare(leftOperand(kernel))
                body.declare(matrix, result)
            } else {
                for operand in kernel.operands { try body.declare(operand) }
            }
        }
        for member in group.members {
            guard let access = group.accessOf[member] else { continue }
            let kernel = graph.kernels[member]
            if access.role == .sum, let tasks {
                let sum = try body.appendSum(kernel, access, tasks: tasks)
                let partial = addTensor("\(graph.name(of: kernel.results[0])).parts", sum.type)
                body.bind(partial, to: sum.value)
                sums.append((partial, kernel.results[0]))
            } else if let matrix = matrices[member] {
                try body.appendProduct(kernel, of: leftOperand(kernel), and: matrix)
            } else {
                try body.append(kernel)
            }
        }
        let results = resultsReadOutside(group).filter { total in !sums.contains { $0.total == total } } + sums.map(\.partial)
        // Nothing reads what the members make.
        guard !results.isEmpty else { return leave(group, reason: nil) }
        let finished = try body.finish(results, tensors: result)
        if let parts = group.parts {
            try joinParts(group, parts, finished.body, finished.operands, results)
            return
        }
        let name = result.name(of: results.last ?? graph.kernels[group.members[0]].results[0])
        result.kernels.append(
            KernelGraph.Kernel(
                name: name, form: .tiles, operands: finished.operands, results: results, body: finished.body,
                tiling: Tiling(axes: contraction.axes, tasks: tasks, inner: finished.inner)))
        for sum in sums { try addTotal(sum.partial, sum.total) }
        for member in group.members {
            result.decisions.append(
                FusionDecision(
                    value: graph.kernels[member].name, outcome: .fused, reason: "part of the tiled kernel \(name)"))
        }
    }

    /// Appends the members as they were.
    private mutating func leave(_ group: TileGroup, reason: String?) {
        result.kernels += group.members.map { graph.kernels[$0] }
        guard let reason else { return }
        for member in group.members {
            result.decisions.append(FusionDecision(value: graph.kernels[member].name, outcome: .materialized, reason: reason))
        }
    }

    /// Appends the kernel of a group whose tiles are parts of the batch; its members alone where its body can't be cut.
    private mutating func joinParts(
        _ group: TileGroup, _ parts: Int, _ body: Graph, _ operands: [TensorID], _ results: [TensorID]
    ) throws(Diagnostic) {
        guard let cut = try BodyCut(body, parts: parts) else {
            return leave(group, reason: "its batch cannot be cut into parts")
        }
        let rules = CutRules(body: body, parts: parts)
        var cutOperands: [TensorID] = []
        for input in cut.inputs {
            let tensor = operands[input.position]
            let type = result.type(of: tensor)
            guard input.isCut else {
                cutOperands.append(tensor)
                continue
            }
            let view = addTensor("\(result.name(of: tensor)).parts", type.with(shape: rules.shape(type.shape)))
            result.tensors[view.index].origin = .view(tensor)
            cutOperands.append(view)
        }
        var cutResults: [TensorID] = []
        for tensor in results {
            let type = result.type(of: tensor)
            let whole = addTensor("\(result.name(of: tensor)).parts", type.with(shape: rules.shape(type.shape)))
            result.tensors[tensor.index].origin = .view(whole)
            cutResults.append(whole)
        }
        let name = result.name(of: cutResults.last ?? results[0])
        result.kernels.append(
            KernelGraph.Kernel(
                name: name, form: .tiles, operands: cutOperands, results: cutResults, body: cut.body, tiling: Tiling(axes: 1)))
        for member in group.members {
            result.decisions.append(
                FusionDecision(
                    value: graph.kernels[member].name, outcome: .fused, reason: "part of the kernel \(name), by parts of the batch"))
        }
    }

    /// The right operand of a product as rows of neighbouring columns, if all tiles share it and it is not that already.
    ///
    /// Every tile would gather columns or evaluate expressions again, so the matrix is made once for all of them.
    private mutating func sharedMatrix(_ kernel: KernelGraph.Kernel, _ access: TileAccess) throws(Diagnostic) -> TensorID? {
        let body = kernel.body
        guard contraction.axes == 1, access.role == .tiled, kernel.form == .product, let root = body.nodes.last,
            case .dot(let dimensions) = root.op, body.definingNode(of: root.operands[0]) == nil
        else { return nil }
        let right = root.operands[1]
        let isTurned = dimensions.rightContracting == [1] && body.type(of: right).shape.rank == 2
        guard isTurned || body.definingNode(of: right) != nil else { return nil }
        var extraction = BodyExtraction(body)
        collect(right, body, &extraction)
        let name = (body.definingNode(of: right) == nil ? body.name(of: right) : "\(kernel.name).matrix") + (isTurned ? ".turned" : "")
        var builder = GraphBuilder(name: "body")
        let inputs = extraction.inputs.map { builder.input(body.name(of: $0), body.type(of: $0)) }
        var part = body
        part.inputs = extraction.inputs.map { Graph.Input(value: $0, role: .data) }
        var rewriter = GraphRewriter(part, into: builder, inputs: inputs)
        for node in extraction.nodes { try rewriter.copy(node) }
        builder = rewriter.builder
        var matrix = try rewriter.replacement(right)
        if isTurned { matrix = try builder.append(.transpose(permutation: [1, 0]), [matrix], names: [name])[0] }
        builder.output("matrix", matrix)
        let positions = extraction.inputs.compactMap { input in body.inputs.firstIndex { $0.value == input } }
        return addShared(SharedMatrix(operands: positions.map { kernel.operands[$0] }, body: builder.graph), name, matrix)
    }

    private mutating func addShared(_ shared: SharedMatrix, _ name: String, _ matrix: ValueID) -> TensorID {
        if let known = sharedMatrices[shared] { return known }
        let tensor = addTensor(name, shared.body.type(of: matrix))
        result.kernels.append(
            KernelGraph.Kernel(
                name: result.name(of: tensor), form: .pointwise, operands: shared.operands, results: [tensor], body: shared.body))
        sharedMatrices[shared] = tensor
        return tensor
    }

    private func collect(_ value: ValueID, _ body: Graph, _ extraction: inout BodyExtraction) {
        guard let node = body.definingNode(of: value) else { return extraction.addInput(value) }
        guard extraction.needs(node) else { return }
        for operand in node.operands { collect(operand, body, &extraction) }
        extraction.add(node)
    }

    private func leftOperand(_ kernel: KernelGraph.Kernel) -> TensorID {
        let left = kernel.body.nodes.last?.operands[0]
        return kernel.operands[kernel.body.inputs.firstIndex { $0.value == left } ?? 0]
    }

    private mutating func addTensor(_ name: String, _ type: TensorType) -> TensorID {
        var unique = name
        var suffix = 2
        while !takenNames.insert(unique).inserted {
            unique = "\(name)-\(suffix)"
            suffix += 1
        }
        result.tensors.append(KernelGraph.Tensor(name: unique, type: type, origin: .kernel(0)))
        return TensorID(result.tensors.count - 1)
    }

    /// The kernel that adds the tasks' partial sums in order.
    private mutating func addTotal(_ partial: TensorID, _ total: TensorID) throws(Diagnostic) {
        var builder = GraphBuilder(name: "body")
        let input = builder.input(result.name(of: partial), result.tensors[partial.index].type)
        let sum = try builder.append(.reduce(.sum, axes: [0]), [input], names: [graph.name(of: total)])[0]
        builder.output(graph.name(of: total), sum)
        result.kernels.append(
            KernelGraph.Kernel(
                name: graph.name(of: total), form: .reduction, operands: [partial], results: [total], body: builder.graph))
    }
}

/// How many tasks share the tiles of a kernel that adds over them.
enum TaskCount {
    /// More tasks keep more threads busy, and cost more partial sums.
    private static let wanted = 8

    static func ofTiles(_ count: Int) -> Int {
        let divisors = (1...max(1, min(count, 4 * wanted))).filter { count % $0 == 0 }
        let parallel = divisors.filter { $0 >= wanted / 2 }
        return (parallel.isEmpty ? divisors : parallel).min { (abs($0 - wanted), $0) < (abs($1 - wanted), $1) } ?? 1
    }
}

/// The body of a joined kernel while its members are being copied into it.
private struct JoinedBody {
    let graph: KernelGraph
    let inside: Set<Int>
    private var operands: [TensorID] = []
    private var builder = GraphBuilder(name: "body")
    private var values: [TensorID: ValueID] = [:]
    private var inner: [Range<Int>] = []

    init(graph: KernelGraph, inside: Set<Int>) {
        self.graph = graph
        self.inside = inside
    }

    /// Makes a tensor from outside an input of the body.
    mutating func declare(_ tensor: TensorID) throws(Diagnostic) {
        if !isInside(tensor) { declare(tensor, graph) }
    }

    mutating func declare(_ tensor: TensorID, _ owner: KernelGraph) {
        guard values[tensor] == nil else { return }
        values[tensor] = builder.input(owner.name(of: tensor), owner.type(of: tensor))
        operands.append(tensor)
    }

    private func isInside(_ tensor: TensorID) -> Bool {
        guard case .kernel(let producer) = graph.tensors[graph.storage(of: tensor).index].origin else { return false }
        return inside.contains(producer)
    }

    mutating func append(_ kernel: KernelGraph.Kernel) throws(Diagnostic) {
        var inputs: [ValueID] = []
        for operand in kernel.operands { inputs.append(try value(operand)) }
        let start = builder.graph.nodes.count
        var rewriter = GraphRewriter(kernel.body, into: takeBuilder(), inputs: inputs)
        for node in kernel.body.nodes { try rewriter.copy(node) }
        builder = rewriter.builder
        let end = builder.graph.nodes.count
        if kernel.form == .tiles, end > start { inner.append(start..<end) }
        for (tensor, output) in zip(kernel.results, kernel.body.outputs) {
            values[tensor] = try rewriter.replacement(output.value)
        }
    }

    /// The builder, for whoever gives it back: with two owners its first change would copy all that it holds.
    private mutating func takeBuilder() -> GraphBuilder {
        var taken = GraphBuilder(name: "body")
        swap(&taken, &builder)
        return taken
    }

    /// A product whose right operand is a matrix that all tiles share.
    mutating func appendProduct(_ kernel: KernelGraph.Kernel, of left: TensorID, and right: TensorID) throws(Diagnostic) {
        guard let root = kernel.body.nodes.last, case .dot(var dimensions) = root.op else { return try append(kernel) }
        if dimensions.rightContracting == [1], kernel.body.type(of: root.operands[1]).shape.rank == 2 {
            dimensions.rightContracting = [0]
        }
        let operands = [try value(left), try value(right)]
        values[kernel.results[0]] = try builder.append(.dot(dimensions), operands, names: [graph.name(of: kernel.results[0])])[0]
    }

    /// A sum over tiles as partial sums, one for each task.
    mutating func appendSum(
        _ kernel: KernelGraph.Kernel, _ access: TileAccess, tasks: Int
    ) throws(Diagnostic) -> (value: ValueID, type: TensorType) {
        var inputs: [ValueID] = []
        for operand in kernel.operands { inputs.append(try value(operand)) }
        var cut = try AxisCut(kernel.body, into: takeBuilder(), inputs: inputs, aligned: access.isAligned, tasks: tasks)
        let (finished, partial) = try cut.run(name: "\(graph.name(of: kernel.results[0])).parts")
        builder = finished
        return (partial, builder.graph.type(of: partial))
    }

    mutating func bind(_ tensor: TensorID, to value: ValueID) { values[tensor] = value }

    mutating func finish(
        _ results: [TensorID], tensors: KernelGraph
    ) throws(Diagnostic) -> (body: Graph, operands: [TensorID], inner: [Range<Int>]) {
        var returned: Set<ValueID> = []
        for tensor in results {
            var value = try value(tensor)
            if !returned.insert(value).inserted {
                // A copy that turned out equal to its original: the body computes it once and stores it twice.
                value = try builder.append(.reshape(graph.type(of: tensor).shape), [value], names: [tensors.name(of: tensor)])[0]
            }
            builder.output(tensors.name(of: tensor), value)
        }
        return (builder.graph, operands, inner)
    }

    /// The value of a tensor: an input, what the body computes, or a view of it.
    private mutating func value(_ tensor: TensorID) throws(Diagnostic) -> ValueID {
        if let value = values[tensor] { return value }
        guard case .view(let source) = graph.tensors[tensor.index].origin else {
            throw Diagnostic("tiles.order", graph.name(of: tensor), "tensor is used before it is computed", kind: .compilerBug)
        }
        let shape = graph.type(of: tensor).shape
        let view = try builder.append(.reshape(shape), [try value(source)], names: [graph.name(of: tensor)])[0]
        values[tensor] = view
        return view
    }
}

extension KernelGraph {
    /// The same graph with tensors in the order of their definition, and none that nothing writes or reads.
    func normalized() -> KernelGraph {
        var result = self
        var renamed: [TensorID: TensorID] = [:]
        result.tensors = []
        func define(_ tensor: TensorID) {
            guard renamed[tensor] == nil else { return }
            var entry = tensors[tensor.index]
            if case .view(let source) = entry.origin {
                define(source)
                entry.origin = .view(renamed[source] ?? source)
            }
            renamed[tensor] = TensorID(result.tensors.count)
            result.tensors.append(entry)
        }
        for input in inputs { define(input.tensor) }
        for kernel in kernels { for tensor in kernel.operands + kernel.results { define(tensor) } }
        for output in outputs { define(output.tensor) }
        func map(_ tensor: TensorID) -> TensorID { renamed[tensor] ?? tensor }
        for index in result.inputs.indices { result.inputs[index].tensor = map(result.inputs[index].tensor) }
        for index in result.outputs.indices { result.outputs[index].tensor = map(result.outputs[index].tensor) }
        for index in result.kernels.indices {
            result.kernels[index].operands = result.kernels[index].operands.map(map)
            result.kernels[index].results = result.kernels[index].results.map(map)
        }
        return result
    }
}
