import Graph

/// One step of clipped Adam as graph operations.
///
/// Kingma and Ba, "Adam: a method for stochastic optimization" (ICLR 2015), algorithm 1, with weight decay added to the
/// gradient and the gradient scaled by min(1, clip/(norm + 1e-6)) first.
public struct OptimizerStep: Sendable {
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8
    public var weightDecay: Double
    /// The largest global gradient norm; nil leaves gradients as they are.
    public var clip: Double?
    /// Parameters that stay as they are.
    public var frozen: Set<String>

    public init(weightDecay: Double, clip: Double?, frozen: Set<String> = []) {
        self.weightDecay = weightDecay
        self.clip = clip
        self.frozen = frozen
    }

    /// From a graph with `grad.NAME` outputs for its parameters to one that returns the updated parameters instead.
    ///
    /// New inputs: `learning_rate`, and the state `adam.step`, `adam.m.NAME`, `adam.v.NAME`. New outputs: `grad_norm`,
    /// and the next content of every parameter and state under the input's name.
    public func apply(to graph: Graph) throws(Diagnostic) -> Graph {
        let all = graph.inputs.indices.filter { graph.inputs[$0].role == .parameter }
        let parameters = all.filter { !frozen.contains(graph.name(of: graph.inputs[$0].value)) }
        guard let first = parameters.first else {
            throw Diagnostic("optimizer.parameters", graph.name, "the graph has no parameters")
        }
        let elementType = graph.type(of: graph.inputs[first].value).elementType
        let scalar = TensorType(elementType, .scalar)

        var rewriter = StateExtension(graph)
        let learningRate = rewriter.input("learning_rate", scalar, .data)
        let step = rewriter.input("adam.step", scalar, .state)
        let moments = parameters.map { position in
            let name = graph.name(of: graph.inputs[position].value)
            let type = graph.type(of: graph.inputs[position].value)
            return (first: rewriter.input("adam.m.\(name)", type, .state), second: rewriter.input("adam.v.\(name)", type, .state))
        }
        var b = try rewriter.copyNodes()
        b.scope = "optimizer"
        var gradients: [ValueID] = []
        for position in parameters {
            let name = graph.name(of: graph.inputs[position].value)
            guard let output = graph.output(named: "grad.\(name)") else {
                throw Diagnostic("optimizer.gradient", name, "the graph has no gradient for this parameter")
            }
            gradients.append(try rewriter.replacement(output.value))
        }
        for output in graph.outputs where !output.name.hasPrefix("grad.") {
            b.output(output.name, try rewriter.replacement(output.value), updates: output.updates)
        }

        let norm = try Self.globalNorm(gradients, &b)
        b.output("grad_norm", norm)
        let scale = try clip.map { limit throws(Diagnostic) in
            try b.atMost(b.divide(b.constant(limit, scalar), b.add(norm, 1e-6)), 1, "clip_scale")
        }
        let nextStep = try b.add(step.value, 1, "next_step")
        b.output("adam.step", nextStep, updates: step.position)
        let rates = try correctedRates(nextStep, learningRate.value, &b)
        for (index, position) in parameters.enumerated() {
            let parameter = b.graph.inputs[position].value
            let name = b.graph.name(of: parameter)
            let next = try b.scoped(name) { b throws(Diagnostic) in
                try update(parameter, gradients[index], scale, moments[index], rates, &b)
            }
            b.output(name, next.parameter, updates: position)
            b.output("adam.m.\(name)", next.first, updates: moments[index].first.position)
            b.output("adam.v.\(name)", next.second, updates: moments[index].second.position)
        }
        for position in all where !parameters.contains(position) {
            let parameter = b.graph.inputs[position].value
            b.output(b.graph.name(of: parameter), parameter, updates: position)
        }
        return b.graph
    }

    /// The same graph with the output `grad_norm`.
    static func addingNorm(to graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes { try rewriter.copy(node) }
        var gradients: [ValueID] = []
        for output in graph.outputs where output.name.hasPrefix("grad.") {
            gradients.append(try rewriter.replacement(output.value))
        }
        rewriter.builder.scope = "optimizer"
        let norm = try globalNorm(gradients, &rewriter.builder)
        var result = try rewriter.finish()
        result.outputs.append(Graph.Output(name: "grad_norm", value: norm))
        return result
    }

    private static func globalNorm(_ gradients: [ValueID], _ b: inout GraphBuilder) throws(Diagnostic) -> ValueID {
        var total: ValueID?
        for gradient in gradients {
            let square = try b.sum(b.square(gradient), "squared_norm")
            total = try total.map { value throws(Diagnostic) in try b.add(value, square, "squared_norm") } ?? square
        }
        guard let total else { throw Diagnostic("optimizer.parameters", b.graph.name, "the graph has no parameters") }
        return try b.unary(.sqrt, total, "grad_norm")
    }

    /// The step size and the second moment's correction: lr/(1 − β1^t) and sqrt(1 − β2^t).
    ///
    /// In double, because 1 − β2^t loses four digits at the first steps.
    private func correctedRates(
        _ step: ValueID, _ learningRate: ValueID, _ b: inout GraphBuilder
    ) throws(Diagnostic) -> (step: ValueID, second: ValueID) {
        let elementType = b.type(of: step).elementType
        let exactStep = try b.convert(step, to: .f64, "exact_step")
        let one = try b.constant(1, like: exactStep)
        let first = try b.subtract(one, b.binary(.power, b.constant(beta1, like: exactStep), exactStep), "first_correction")
        let second = try b.subtract(one, b.binary(.power, b.constant(beta2, like: exactStep), exactStep), "second_correction")
        let stepSize = try b.divide(b.convert(learningRate, to: .f64), first)
        let root = try b.unary(.sqrt, second)
        return (try b.convert(stepSize, to: elementType, "step_size"), try b.convert(root, to: elementType, "second_root"))
    }

    private func update(
        _ parameter: ValueID, _ gradient: ValueID, _ scale: ValueID?,
        _ moments: (first: (position: Int, value: ValueID), second: (position: Int, value: ValueID)),
        _ rates: (step: ValueID, second: ValueID), _ b: inout GraphBuilder
    ) throws(Diagnostic) -> (parameter: ValueID, first: ValueID, second: ValueID) {
        let shape = b.shape(of: parameter)
        var g = gradient
        if let scale { g = try b.multiply(g, b.broadcast(scale, to: shape, axes: []), "clipped") }
        if weightDecay != 0 { g = try b.add(g, b.multiply(parameter, weightDecay), "decayed") }
        let first = try b.add(b.multiply(moments.first.value, beta1), b.multiply(g, 1 - beta1), "m")
        let second = try b.add(b.multiply(moments.second.value, beta2), b.multiply(b.square(g), 1 - beta2), "v")
        let root = try b.divide(b.unary(.sqrt, second), b.broadcast(rates.second, to: shape, axes: []))
        let step = try b.divide(first, b.add(root, epsilon))
        let change = try b.multiply(step, b.broadcast(rates.step, to: shape, axes: []))
        return (try b.subtract(parameter, change, "next"), first, second)
    }
}

/// Rebuilds a graph with further inputs after its own.
private struct StateExtension {
    private let graph: Graph
    private var builder: GraphBuilder
    private var own: [ValueID] = []
    private var rewriter: GraphRewriter?

    init(_ graph: Graph) {
        self.graph = graph
        builder = GraphBuilder(name: graph.name)
        for input in graph.inputs {
            own.append(builder.input(graph.name(of: input.value), graph.type(of: input.value), role: input.role))
        }
    }

    mutating func input(_ name: String, _ type: TensorType, _ role: Graph.Role) -> (position: Int, value: ValueID) {
        let position = builder.graph.inputs.count
        return (position, builder.input(name, type, role: role))
    }

    mutating func copyNodes() throws(Diagnostic) -> GraphBuilder {
        var rewriter = GraphRewriter(graph, into: builder, inputs: own)
        for node in graph.nodes { try rewriter.copy(node) }
        self.rewriter = rewriter
        return rewriter.builder
    }

    func replacement(_ value: ValueID) throws(Diagnostic) -> ValueID {
        guard let rewriter else {
            throw Diagnostic("optimizer.order", graph.name, "nodes are not copied yet", kind: .compilerBug)
        }
        return try rewriter.replacement(value)
    }
}
