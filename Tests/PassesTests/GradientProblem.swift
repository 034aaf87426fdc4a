import Graph
import Testing

/// A graph with a scalar output `loss`, and where and along which direction it is differentiated.
struct GradientProblem {
    var graph: Graph
    var names: [String] = []
    var point: [Tensor] = []
    var direction: [Tensor] = []
    let step: Double

    init(_ example: GradientCase, seed: Int) throws {
        graph = try Graph.parsed(example.text)
        let floating = graph.outputs.map(\.value).filter { [graph] in graph.type(of: $0).elementType.isFloating }
        try graph.appendWeightedSum(of: floating, named: "loss", seed: seed)
        step = example.binaryFractions ? 0.125 : 1e-3
        var random = Random(seed: seed)
        // Numbers that keep a distance from each other, so that no step changes which of two is the larger.
        let count = graph.inputs.reduce(0) { [graph] in $0 + graph.type(of: $1.value).elementCount }
        var sizes = (0..<count).map { 0.3 + 1.2 * Double($0) / Double(count) }.shuffled(using: &random)
        for input in graph.inputs {
            let (name, type) = (graph.name(of: input.value), graph.type(of: input.value))
            guard type.elementType.isFloating else {
                point.append(example.integers[name].map { Tensor(type, $0) } ?? random.tensor(type))
                direction.append(Tensor(type, repeating: 0))
                continue
            }
            names.append(name)
            func number(_ size: Double) -> Double {
                let number = example.positive || random.integer(0...1) == 0 ? size : -size
                return example.binaryFractions ? (number * 64).rounded() / 64 : number
            }
            point.append(Tensor(type, (0..<type.elementCount).map { _ in number(sizes.removeLast()) }))
            direction.append(Tensor(type, (0..<type.elementCount).map { _ in number(random.uniform(0.3...1.5)) }))
        }
    }

    /// The scalar at a distance along the direction.
    func value(at distance: Double, of graph: Graph, output: Int) throws -> Double {
        let inputs = zip(point, direction).map { point, direction in
            guard point.type.elementType.isFloating else { return point }
            return Tensor(point.type, zip(point.elements, direction.elements).map { $0 + distance * $1 })
        }
        return try graph.run(inputs)[output].scalar
    }

    /// The derivative along the direction, exact up to the fourth power of the step.
    func difference(of graph: Graph, output: Int) throws -> Double {
        let near = try value(at: step, of: graph, output: output) - value(at: -step, of: graph, output: output)
        let far = try value(at: 2 * step, of: graph, output: output) - value(at: -2 * step, of: graph, output: output)
        return (8 * near - far) / (12 * step)
    }

    /// The gradients that a graph returns behind `output`, times the direction; and their norm.
    func slope(_ gradients: [Tensor]) -> (value: Double, norm: Double) {
        let directions = direction.filter { $0.type.elementType.isFloating }
        var (value, squares, length) = (0.0, 0.0, 0.0)
        for (gradient, direction) in zip(gradients, directions) {
            for (g, d) in zip(gradient.elements, direction.elements) {
                value += g * d
                squares += g * g
                length += d * d
            }
        }
        return (value, (squares * length).squareRoot())
    }

    /// Compares the gradients of an output with differences.
    func check(_ graph: Graph, output: Int, gradients: [Tensor], _ comment: Comment) throws {
        let slope = slope(gradients)
        #expect(slope.norm > 0, comment)
        #expect(Self.agrees(slope, try difference(of: graph, output: output)), comment)
    }

    static func agrees(_ slope: (value: Double, norm: Double), _ difference: Double) -> Bool {
        abs(slope.value - difference) <= 1e-6 * abs(difference) + 1e-9 * slope.norm
    }
}
