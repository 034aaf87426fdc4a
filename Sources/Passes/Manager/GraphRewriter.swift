import Graph

/// Rebuilds a graph node by node through a builder; passes decide for each node what takes its place.
struct GraphRewriter {
    let source: Graph
    var builder: GraphBuilder
    /// For each value of the source the value that stands for it in the new graph.
    private(set) var replacements: [ValueID?]

    /// Starts a new graph with the same inputs.
    init(_ source: Graph) {
        self.source = source
        builder = GraphBuilder(name: source.name)
        replacements = [ValueID?](repeating: nil, count: source.values.count)
        for input in source.inputs {
            let value = source.values[input.value.index]
            replacements[input.value.index] = builder.input(value.name, value.type, role: input.role)
        }
    }

    /// Appends the nodes to a builder that has its own inputs; `inputs` stand for the source's inputs.
    init(_ source: Graph, into builder: GraphBuilder, inputs: [ValueID]) {
        self.source = source
        self.builder = builder
        replacements = [ValueID?](repeating: nil, count: source.values.count)
        for (input, value) in zip(source.inputs, inputs) { replacements[input.value.index] = value }
    }

    func replacement(_ value: ValueID) throws(Diagnostic) -> ValueID {
        guard let replacement = replacements[value.index] else {
            throw Diagnostic(
                "rewrite.order", source.name(of: value), "value is used before it is rewritten", kind: .compilerBug)
        }
        return replacement
    }

    func isReplaced(_ value: ValueID) -> Bool { replacements[value.index] != nil }

    func replacements(of values: [ValueID]) throws(Diagnostic) -> [ValueID] {
        var result: [ValueID] = []
        for value in values { result.append(try replacement(value)) }
        return result
    }

    mutating func replace(_ value: ValueID, by replacement: ValueID) {
        replacements[value.index] = replacement
    }

    /// Copies a node, optionally with another operation of the same results.
    mutating func copy(_ node: Graph.Node, op: Op? = nil) throws(Diagnostic) {
        let operands = try replacements(of: node.operands)
        let names = node.results.map { source.name(of: $0) }
        let results = try builder.append(op ?? node.op, operands, names: names)
        for (old, new) in zip(node.results, results) { replace(old, by: new) }
    }

    /// The finished graph with the source's outputs.
    mutating func finish() throws(Diagnostic) -> Graph {
        for output in source.outputs {
            builder.output(output.name, try replacement(output.value), updates: output.updates)
        }
        return builder.graph
    }
}

extension Op {
    /// The operation with every body it holds transformed.
    func mapBody(_ transform: (Graph) throws(Diagnostic) -> Graph) throws(Diagnostic) -> Op {
        guard case .scan(var scan) = self else { return self }
        scan.body = try transform(scan.body)
        return .scan(scan)
    }
}
