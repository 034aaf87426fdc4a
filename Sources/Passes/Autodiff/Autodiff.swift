import Graph

/// Reverse-mode differentiation, graph to graph.
///
/// The result computes what the graph computes and adds `grad.NAME` for each chosen input. Loops are first rewritten to
/// keep the carried values of every iteration, which the reversed loop reads. The result is ordinary IR: it can be
/// simplified, fused and differentiated again.
public enum Autodiff {
    /// The outermost scope of all that gradients are made of.
    static let scope = "grad"

    /// Whether a value of this name was made for a gradient.
    static func isGradientName(_ name: String) -> Bool { name.split(separator: "/").first.map { $0 == scope } ?? false }

    /// Adds the gradients of a scalar output.
    ///
    /// - Parameters:
    ///   - output: the name of a floating scalar output.
    ///   - inputs: names of floating inputs; nil means all parameters.
    public static func gradient(
        of graph: Graph, output: String, withRespectTo inputs: [String]? = nil
    ) throws(Diagnostic) -> Graph {
        guard let loss = graph.output(named: output) else {
            throw Diagnostic("autodiff.output", graph.name, "the graph has no output named \(output)")
        }
        let lossType = graph.type(of: loss.value)
        guard lossType.shape == .scalar, lossType.elementType.isFloating else {
            throw Diagnostic(
                "autodiff.scalar", output, "only a floating scalar can be differentiated", expected: "f32[] or f64[]",
                found: "\(lossType)")
        }
        let chosen = try positions(of: inputs, in: graph)
        let prepared = try ScanResiduals.saved(graph, activeInputs: graph.inputs.indices.map(chosen.contains))
        var rewriter = GraphRewriter(prepared)
        for node in prepared.nodes { try rewriter.copy(node) }
        let lossValue = try rewriter.replacement(prepared.outputs[graph.outputs.firstIndex(of: loss) ?? 0].value)
        for output in prepared.outputs {
            rewriter.builder.output(output.name, try rewriter.replacement(output.value), updates: output.updates)
        }

        var reverse = ReverseMode(
            builder: rewriter.builder, activeInputs: graph.inputs.indices.map(chosen.contains))
        let one = try reverse.builder.constant(1, lossType)
        try reverse.accumulate(one, to: lossValue)
        try reverse.run()
        for position in chosen {
            let input = reverse.builder.graph.inputs[position].value
            let name = reverse.builder.graph.name(of: input)
            let cotangent = try reverse.cotangentOrZero(of: input)
            reverse.builder.output("grad.\(name)", cotangent)
        }
        return reverse.builder.graph
    }

    private static func positions(of names: [String]?, in graph: Graph) throws(Diagnostic) -> [Int] {
        guard let names else { return graph.inputs.indices.filter { graph.inputs[$0].role == .parameter } }
        var positions: [Int] = []
        for name in names {
            guard let position = graph.inputIndex(named: name) else {
                throw Diagnostic("autodiff.input", graph.name, "the graph has no input named \(name)")
            }
            positions.append(position)
        }
        return positions
    }
}

/// The backward walk: collects a cotangent for each active value and appends the nodes that compute them.
struct ReverseMode {
    var builder: GraphBuilder
    /// The nodes that existed before the walk.
    private let forwardNodes: [Graph.Node]
    private let isActive: [Bool]
    private var cotangents: [ValueID: ValueID] = [:]

    init(builder: GraphBuilder, activeInputs: [Bool]) {
        self.builder = builder
        forwardNodes = builder.graph.nodes
        isActive = Activity(builder.graph, activeInputs: activeInputs).isActive
    }

    func isActive(_ value: ValueID) -> Bool { isActive[value.index] }

    func cotangent(of value: ValueID) -> ValueID? { cotangents[value] }

    mutating func cotangentOrZero(of value: ValueID) throws(Diagnostic) -> ValueID {
        if let cotangent = cotangents[value] { return cotangent }
        return try builder.constant(0, like: value)
    }

    /// Adds a contribution to a value's cotangent; contributions to inactive values are dropped.
    mutating func accumulate(_ contribution: ValueID, to value: ValueID) throws(Diagnostic) {
        guard isActive[value.index] else { return }
        guard let existing = cotangents[value] else {
            cotangents[value] = contribution
            return
        }
        cotangents[value] = try builder.add(existing, contribution, localName(of: value))
    }

    mutating func run() throws(Diagnostic) {
        for node in forwardNodes.reversed() {
            guard node.results.contains(where: { cotangents[$0] != nil }) else { continue }
            guard node.operands.contains(where: { isActive[$0.index] }) else { continue }
            builder.scope = gradientScope(of: node.results[0])
            if case .scan(let scan) = node.op {
                try ScanGradient.propagate(scan, node, &self)
            } else if let cotangent = cotangents[node.result] {
                try GradientRules.propagate(cotangent, through: node, &self)
            }
        }
        builder.scope = ""
    }

    /// `trans_l/layers.0/scores` is differentiated in scope `grad/trans_l/layers.0`.
    private func gradientScope(of value: ValueID) -> String {
        let path = builder.graph.name(of: value).split(separator: "/").dropLast()
        let isInside = path.first.map { $0 == Autodiff.scope } ?? false
        return (isInside ? path : [Substring(Autodiff.scope)] + path).joined(separator: "/")
    }

    func localName(of value: ValueID) -> String {
        String(builder.graph.name(of: value).split(separator: "/").last ?? "value")
    }
}
