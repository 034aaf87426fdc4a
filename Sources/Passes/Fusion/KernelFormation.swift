import Graph

/// From graph to kernel graph: one kernel for each value in memory, with the expressions that it alone needs.
public enum KernelFormation {
    public static let pass = Pass<Graph, KernelGraph>(
        name: "form-kernels", summary: "Groups operations into kernels and decides which values get memory.", run: run)

    /// Every operation becomes a kernel of its own.
    static let unfusedPass = Pass<Graph, KernelGraph>(
        name: pass.name, summary: pass.summary, spelling: "\(pass.name):unfused"
    ) { graph throws(Diagnostic) in try run(graph, unfused: true) }

    static func run(_ graph: Graph) throws(Diagnostic) -> KernelGraph {
        try run(graph, unfused: false)
    }

    /// - Parameter unfused: every operation becomes a kernel of its own, the trivially correct alternative.
    public static func run(_ graph: Graph, unfused: Bool) throws(Diagnostic) -> KernelGraph {
        var former = Former(unfused ? graph : try ProductOperands.prepared(graph), unfused: unfused)
        return try former.form()
    }

    private struct Former {
        let graph: Graph
        let materialization: Materialization?
        var result: KernelGraph
        var tensors: [ValueID: TensorID] = [:]

        init(_ graph: Graph, unfused: Bool) {
            self.graph = graph
            materialization = unfused ? nil : Materialization(graph)
            result = KernelGraph(name: graph.name)
            result.decisions = materialization?.decisions ?? []
        }

        func placement(_ value: ValueID) -> Materialization.Placement {
            if let materialization { return materialization.placement(value) }
            guard let node = graph.definingNode(of: value), case .view = node.op.aliasClass,
                !graph.outputs.contains(where: { $0.value == value })
            else { return .memory }
            return .view(node.operands[0])
        }

        mutating func form() throws(Diagnostic) -> KernelGraph {
            for (position, input) in graph.inputs.enumerated() {
                let tensor = add(input.value, .input(position))
                result.inputs.append(KernelGraph.Input(tensor: tensor, role: input.role))
            }
            for node in graph.nodes {
                switch placement(node.results[0]) {
                case .inlined: continue
                case .view(let source):
                    guard let tensor = tensors[source] else { throw missing(source) }
                    _ = add(node.result, .view(tensor))
                case .memory: try addKernel(node)
                }
            }
            try addOutputs()
            return result
        }

        private func missing(_ value: ValueID) -> Diagnostic {
            Diagnostic("kernels.order", graph.name(of: value), "value has no memory", kind: .compilerBug)
        }

        private mutating func add(_ value: ValueID, _ origin: KernelGraph.Origin) -> TensorID {
            let id = TensorID(result.tensors.count)
            result.tensors.append(
                KernelGraph.Tensor(name: graph.name(of: value), type: graph.type(of: value), origin: origin))
            tensors[value] = id
            return id
        }

        private mutating func addKernel(_ node: Graph.Node) throws(Diagnostic) {
            let index = result.kernels.count
            var body = BodyExtraction(graph)
            for value in node.operands { collect(value, &body) }
            let extracted = try body.finish(node)
            var operands: [TensorID] = []
            for value in extracted.inputs {
                guard let tensor = tensors[value] else { throw missing(value) }
                operands.append(tensor)
            }
            let results = node.results.map { add($0, .kernel(index)) }
            result.kernels.append(
                KernelGraph.Kernel(
                    name: graph.name(of: node.results[0]), form: KernelForm(rootedAt: node.op, extracted.body),
                    operands: operands, results: results, body: extracted.body))
        }

        /// Collects the expression below a value down to values in memory.
        private func collect(_ value: ValueID, _ body: inout BodyExtraction) {
            guard placement(value) == .inlined, let node = graph.definingNode(of: value) else {
                body.addInput(value)
                return
            }
            guard body.needs(node) else { return }
            for operand in node.operands { collect(operand, &body) }
            body.add(node)
        }

        /// Every output is a tensor that a kernel writes for it alone; others are copied.
        private mutating func addOutputs() throws(Diagnostic) {
            var taken: Set<TensorID> = []
            for output in graph.outputs {
                guard let tensor = tensors[output.value] else { throw missing(output.value) }
                var target = tensor
                if let input = output.updates, result.inputs[input].tensor == tensor {
                    // The input stays as it is.
                } else if case .kernel = result.tensors[tensor.index].origin, taken.insert(tensor).inserted {
                } else {
                    target = try addCopy(tensor, uniqueName("\(output.name).output"))
                }
                result.outputs.append(KernelGraph.Output(name: output.name, tensor: target, updates: output.updates))
            }
        }

        private func uniqueName(_ name: String) -> String {
            let taken = Set(result.tensors.map(\.name) + graph.values.map(\.name))
            var candidate = name
            var suffix = 2
            while taken.contains(candidate) {
                candidate = "\(name)-\(suffix)"
                suffix += 1
            }
            return candidate
        }

        private mutating func addCopy(_ tensor: TensorID, _ name: String) throws(Diagnostic) -> TensorID {
            let type = result.type(of: tensor)
            var builder = GraphBuilder(name: "copy")
            let input = builder.input("source", type)
            let zero = try builder.append(.stopGradient, [input], names: ["copy"])[0]
            builder.output("copy", zero)
            let id = TensorID(result.tensors.count)
            result.tensors.append(
                KernelGraph.Tensor(name: name, type: type, origin: .kernel(result.kernels.count)))
            result.kernels.append(
                KernelGraph.Kernel(
                    name: name, form: .pointwise, operands: [tensor], results: [id], body: builder.graph))
            return id
        }
    }
}

/// Copies part of a graph into the body of a kernel.
struct BodyExtraction {
    private let graph: Graph
    private(set) var inputs: [ValueID] = []
    private(set) var nodes: [Graph.Node] = []
    private var included: Set<ValueID> = []

    init(_ graph: Graph) { self.graph = graph }

    mutating func addInput(_ value: ValueID) {
        if included.insert(value).inserted { inputs.append(value) }
    }

    func needs(_ node: Graph.Node) -> Bool { !included.contains(node.results[0]) }

    mutating func add(_ node: Graph.Node) {
        nodes.append(node)
        included.formUnion(node.results)
    }

    /// The body that computes `root` and returns its results.
    func finish(_ root: Graph.Node) throws(Diagnostic) -> (body: Graph, inputs: [ValueID]) {
        var builder = GraphBuilder(name: "body")
        let arguments = inputs.map { builder.input(graph.name(of: $0), graph.type(of: $0)) }
        var part = graph
        part.inputs = inputs.map { Graph.Input(value: $0, role: .data) }
        var rewriter = GraphRewriter(part, into: builder, inputs: arguments)
        for node in nodes + [root] { try rewriter.copy(node) }
        for result in root.results {
            rewriter.builder.output(graph.name(of: result), try rewriter.replacement(result))
        }
        return (rewriter.builder.graph, inputs)
    }
}

extension KernelForm {
    /// The form of a kernel whose last node is `op`.
    init(rootedAt op: Op, _ body: Graph) {
        switch op {
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .gather:
            self = .pointwise
        case .reduce: self = .reduction
        case .dot:
            let layout = ProductLayout(of: body.nodes[body.nodes.count - 1], body) { body.definingNode(of: $0) == nil }
            self = layout == nil ? .reduction : .product
        case .overlapAdd, .scatterAdd: self = .accumulation
        case .matrix: self = .matrices
        case .scan: self = .loop
        }
    }
}
