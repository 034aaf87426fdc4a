import Graph

/// Small graphs for tests, documentation and first steps.
public enum Examples {
    /// A perceptron with two hidden layers and the mean squared error: inputs `x` [batch, inputs] and `y` [batch, outputs],
    /// outputs `prediction` and `loss`.
    public static func mlp(
        batch: Int = 8, inputs: Int = 4, hidden: Int = 16, outputs: Int = 1, elementType: ElementType = .f32
    ) throws(Diagnostic) -> Graph {
        var model = ModelBuilder(name: "mlp", elementType: elementType)
        let x = model.graph.input("x", model.type([batch, inputs]))
        let y = model.graph.input("y", model.type([batch, outputs]))
        let layers = [("fc1", inputs, hidden), ("fc2", hidden, hidden), ("fc3", hidden, outputs)]
        for (name, from, to) in layers { model.declare(ParameterSpec.linear(name, from: from, to: to)) }
        let first = try model.graph.relu(model.linear(x, "fc1", "layer1"), "layer1.relu")
        let second = try model.graph.relu(model.linear(first, "fc2", "layer2"), "layer2.relu")
        let prediction = try model.linear(second, "fc3", "prediction")
        let loss = try model.graph.mean(model.graph.square(model.graph.subtract(prediction, y, "error")), "loss")
        model.graph.output("prediction", prediction)
        model.graph.output("loss", loss)
        return model.graph.graph
    }

    /// Entropic transport between three uniform marginals of `count` points: input `cost` [count, count, count], output `loss`.
    public static func sinkhorn(
        count: Int = 7, entropyWeight: Double = 0.1, iterations: Int = 50, domain: ModelSpec.TransportDomain = .linear,
        elementType: ElementType = .f32
    ) throws(Diagnostic) -> Graph {
        var graph = GraphBuilder(name: "sinkhorn")
        let cost = graph.input("cost", TensorType(elementType, [count, count, count]))
        let marginal = try graph.constant(1 / Double(count), TensorType(elementType, [count]))
        let loss = try graph.transportLoss(
            cost: cost, marginals: [marginal, marginal, marginal],
            SinkhornOptions(entropyWeight: entropyWeight, iterations: iterations, domain: domain))
        graph.output("loss", loss)
        return graph.graph
    }
}
