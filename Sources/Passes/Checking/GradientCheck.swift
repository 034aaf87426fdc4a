import Graph

/// Compares gradients with finite differences, in f64 whatever the graph's types are.
struct GradientCheck {
    let seed: Int

    /// Half the distance of the two points.
    private static let step = 1e-5
    /// In units of the slope; kinks next to a point and the curvature are below this.
    private static let tolerance = 1e-3

    /// The first gradient that is not the slope of the loss along a random direction.
    ///
    /// - Returns: nil if the pass does not differentiate, or all gradients are right.
    func wrongGradient(_ pass: LevelPass, _ graph: Graph, _ gradient: Graph) throws(Diagnostic) -> Disagreement? {
        guard pass.name == "autodiff" else { return nil }
        let output = if let name = PassArguments(pass.spelling)["of"] { name } else { try LossOutput.name(in: graph) }
        guard let loss = graph.output(named: output) else { return nil }
        let inputs = try SeededInputs(seed: seed).tensors(graph).map(\.widened)
        let found = try Interpreter().run(gradient.widened, inputs)
        let gradients = Dictionary(zip(gradient.outputs.map(\.name), found)) { first, _ in first }
        let walk = try SlopeWalk(graph: graph.widened, loss: loss.value, inputs: inputs)
        let value = try walk.loss(inputs)
        for (position, input) in graph.inputs.enumerated() {
            let name = graph.name(of: input.value)
            guard graph.output(named: "grad.\(name)") == nil, let found = gradients["grad.\(name)"] else { continue }
            let direction = SeededInputs(seed: seed &+ 1).tensor(name, inputs[position].type, .data)
            let expected = try walk.slope(along: direction, position, step: Self.step)
            let computed = zip(found.elements, direction.elements).reduce(0) { $0 + $1.0 * $1.1 }
            // What the difference of two losses loses to cancellation.
            let noise = 1e-15 * abs(value) / Self.step
            let scale = zip(found.elements, direction.elements).reduce(0) { max($0, abs($1.0 * $1.1)) }
            guard expected.isFinite, abs(expected - computed) > Self.tolerance * max(abs(expected), scale) + 100 * noise else { continue }
            return Disagreement(
                ReferenceRun.Value("slope along grad.\(name)", computed: Tensor(scalar: computed, .f64)),
                from: ReferenceRun.Value("slope along grad.\(name)", computed: Tensor(scalar: expected, .f64)), tolerance: 0)
        }
        return nil
    }
}

/// The loss at places next to the inputs.
private struct SlopeWalk {
    let graph: Graph
    let loss: ValueID
    let inputs: [Tensor]
    /// What passes no gradient keeps its value, as differentiation takes it; in bodies of loops it does not.
    private let fixed: [ValueID: Tensor]

    init(graph: Graph, loss: ValueID, inputs: [Tensor]) throws(Diagnostic) {
        self.graph = graph
        self.loss = loss
        self.inputs = inputs
        let values = try Interpreter().allValues(graph, inputs)
        var fixed: [ValueID: Tensor] = [:]
        for node in graph.nodes {
            if case .stopGradient = node.op { fixed[node.result] = values[node.result.index] }
        }
        self.fixed = fixed
    }

    func loss(_ inputs: [Tensor]) throws(Diagnostic) -> Double {
        var values = inputs
        for node in graph.nodes {
            if let tensor = node.results.first.flatMap({ fixed[$0] }) {
                values.append(tensor)
            } else {
                values += try Interpreter().evaluate(
                    node.op, node.operands.map { values[$0.index] }, node.results.map { graph.type(of: $0) })
            }
        }
        return values[loss.index].scalar
    }

    func slope(along direction: Tensor, _ position: Int, step: Double) throws(Diagnostic) -> Double {
        var losses: [Double] = []
        for sign in [1.0, -1.0] {
            var moved = inputs
            moved[position].elements = zip(moved[position].elements, direction.elements).map { $0 + sign * step * $1 }
            losses.append(try loss(moved))
        }
        return (losses[0] - losses[1]) / (2 * step)
    }
}
