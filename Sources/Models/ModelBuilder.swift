import Graph

/// A graph under construction together with what all layers of a model share: parameters by name and dropout.
struct ModelBuilder {
    var graph: GraphBuilder
    let elementType: ElementType
    private var parameters: [String: ValueID] = [:]
    /// The key of the random numbers, an i32 pair; nil where dropout is off.
    var dropoutKey: ValueID?
    private var nextStream = 0

    init(name: String, elementType: ElementType) {
        graph = GraphBuilder(name: name)
        self.elementType = elementType
    }

    func type(_ shape: Shape) -> TensorType { TensorType(elementType, shape) }

    // MARK: Parameters

    mutating func declare(_ parameters: [ParameterSpec]) {
        for parameter in parameters {
            self.parameters[parameter.name] = graph.input(parameter.name, type(parameter.shape), role: .parameter)
        }
    }

    func parameter(_ name: String) throws(Diagnostic) -> ValueID {
        guard let value = parameters[name] else {
            throw Diagnostic(
                "model.parameter", name, "the model uses a parameter that it does not declare", kind: .compilerBug)
        }
        return value
    }

    // MARK: Scopes

    /// Runs `body` with names inside the given scope.
    mutating func scoped<Result>(
        _ name: String, _ body: (inout ModelBuilder) throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        let outer = graph.scope
        graph.scope = outer.isEmpty ? name : "\(outer)/\(name)"
        defer { graph.scope = outer }
        return try body(&self)
    }

    // MARK: Layers

    /// Sets a share of the elements to zero and scales the others up so that the mean stays.
    ///
    /// Each place where dropout may happen has a stream of its own, also where its rate is zero: changing one rate
    /// leaves the masks of the others as they are.
    mutating func dropout(_ x: ValueID, rate: Double, _ hint: String = "dropout") throws(Diagnostic) -> ValueID {
        let stream = nextStream
        nextStream += 1
        guard let dropoutKey, rate > 0 else { return x }
        let uniform = try graph.add(.randomUniform(graph.type(of: x), stream: stream), [dropoutKey], "\(hint).uniform")
        let threshold = try graph.constant(rate, like: x)
        let keep = try graph.compare(.greaterOrEqual, uniform, threshold, "\(hint).keep")
        let scale = try graph.select(
            keep, graph.constant(1 / (1 - rate), like: x), graph.constant(0, like: x), "\(hint).scale")
        return try graph.multiply(x, scale, hint)
    }

    /// x Wᵀ + b over the last axis, with the parameters `name.weight` and `name.bias`.
    mutating func linear(_ x: ValueID, _ name: String, _ hint: String) throws(Diagnostic) -> ValueID {
        try graph.linear(x, weight: parameter("\(name).weight"), bias: parameter("\(name).bias"), hint)
    }

    mutating func layerNorm(_ x: ValueID, _ name: String, _ hint: String) throws(Diagnostic) -> ValueID {
        let (weight, bias) = (try parameter("\(name).weight"), try parameter("\(name).bias"))
        return try graph.scoped(hint) { (graph) throws(Diagnostic) in
            try graph.layerNorm(x, weight: weight, bias: bias)
        }
    }
}
