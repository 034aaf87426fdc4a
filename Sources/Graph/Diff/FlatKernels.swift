/// The operations of all kernels as one graph, so that kernel graphs are compared operation by operation, whatever kernels
/// they stand in.
struct FlatKernels {
    private(set) var graph: Graph
    /// For each node its kernel; nil for a view.
    private(set) var kernels: [Int?] = []
    /// For each node what it belongs to.
    private(set) var places: [NodePlace] = []
    private let source: KernelGraph
    /// For each kernel its nodes, in the order of the body.
    private var nodesOf: [[Int]] = []
    private var valueOf: [TensorID: ValueID] = [:]

    init(_ source: KernelGraph) {
        self.source = source
        graph = Graph(name: source.name)
        for (position, input) in source.inputs.enumerated() {
            let value = define(source.name(of: input.tensor), source.type(of: input.tensor), .input(position))
            valueOf[input.tensor] = value
            graph.inputs.append(Graph.Input(value: value, role: input.role))
        }
        for (index, kernel) in source.kernels.enumerated() { add(kernel, index) }
        graph.outputs = source.outputs.map { Graph.Output(name: $0.name, value: value(of: $0.tensor), updates: $0.updates) }
    }

    /// The nodes of each block of a tiled kernel that runs once for every index of one axis more.
    func innerBlocks(of kernel: Int) -> [[Int]] {
        let nodes = nodesOf[kernel]
        return (source.kernels[kernel].tiling?.inner ?? []).map { Array(nodes[$0.clamped(to: nodes.indices)]) }
    }

    private mutating func define(_ name: String, _ type: TensorType, _ definition: Graph.Definition) -> ValueID {
        graph.values.append(Graph.Value(name: name, type: type, definition: definition))
        return ValueID(graph.values.count - 1)
    }

    /// Views become reshapes where they are first read.
    private mutating func value(of tensor: TensorID) -> ValueID {
        if let value = valueOf[tensor] { return value }
        guard case .view(let viewed) = source.tensors[tensor.index].origin else {
            // Only a kernel graph that its verifier refuses reads what is not written.
            return define(source.name(of: tensor), source.type(of: tensor), .input(graph.inputs.count))
        }
        let operand = value(of: viewed)
        let type = source.type(of: tensor)
        let value = append(.reshape(type.shape), [operand], [(source.name(of: tensor), type)], kernel: nil)[0]
        valueOf[tensor] = value
        return value
    }

    private mutating func add(_ kernel: KernelGraph.Kernel, _ index: Int) {
        var values = [ValueID?](repeating: nil, count: kernel.body.values.count)
        for (input, operand) in zip(kernel.body.inputs, kernel.operands) { values[input.value.index] = value(of: operand) }
        let place = NodePlace(group: kernel.structure, scope: ["kernel \(NameText.value(kernel.name))"])
        nodesOf.append([])
        for node in kernel.body.nodes {
            let results = node.results.map { (kernel.body.name(of: $0), kernel.body.type(of: $0)) }
            let operands = node.operands.compactMap { values[$0.index] }
            let defined = append(node.op, operands, results, kernel: index, place)
            nodesOf[index].append(graph.nodes.count - 1)
            for (result, value) in zip(node.results, defined) { values[result.index] = value }
        }
        for (output, result) in zip(kernel.body.outputs, kernel.results) { valueOf[result] = values[output.value.index] }
    }

    private mutating func append(
        _ op: Op, _ operands: [ValueID], _ results: [(name: String, type: TensorType)], kernel: Int?,
        _ place: NodePlace = NodePlace(group: 0, scope: [])
    ) -> [ValueID] {
        let node = NodeID(graph.nodes.count)
        let values = results.enumerated().map { define($1.name, $1.type, .node(node, result: $0)) }
        graph.nodes.append(Graph.Node(op: op, operands: operands, results: values))
        kernels.append(kernel)
        places.append(place)
        return values
    }
}

extension KernelGraph.Kernel {
    /// A hash of form, tiling and body, without names and the order of independent lines.
    var structure: UInt128 {
        var hash = StableHash()
        hash.add(form.rawValue)
        hash.add(tiling?.axes ?? -1)
        hash.add(tiling?.tasks ?? -1)
        hash.add(tiling?.inner.map(\.count) ?? [])
        hash.add(StructureHash.of(body))
        return hash.state
    }
}
