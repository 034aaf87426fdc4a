import Graph

/// Inputs of a random graph: a function of the seed and of each input's name, so that a reduced graph keeps its numbers.
struct SpecialInputs {
    let seed: Int
    /// Whether some elements are NaN, infinite, zero of either sign, or too small to be normal.
    let isSpecial: Bool

    /// A tensor for each input of a graph, in order.
    func tensors(_ graph: Graph) -> [Tensor] {
        graph.inputs.map { tensor(graph.name(of: $0.value), graph.type(of: $0.value)) }
    }

    private func tensor(_ name: String, _ type: TensorType) -> Tensor {
        let hash = name.utf8.reduce(seed) { ($0 ^ Int($1)) &* 1_099_511_628_211 }
        var random = Random(seed: hash)
        var tensor = random.tensor(type)
        guard isSpecial, type.elementType.isFloating, type.elementCount > 0, random.integer(0...1) == 0 else { return tensor }
        for _ in 0..<random.integer(1...3) {
            let place = random.integer(0...type.elementCount - 1)
            tensor.elements[place] = type.elementType.round(random.choose(Self.numbers(type.elementType)))
        }
        return tensor
    }

    /// Those that end up everywhere in a graph are rarer.
    private static func numbers(_ type: ElementType) -> [Double] {
        let small = type == .f32 ? [1e-45, -1e-45, 1e-40, -3e-39, 1.1754944e-38] : [0x1p-1074, -0x1p-1074, 0x1p-1030, -0x1p-1025, 0x1p-1022]
        return small + [0, 0, -0.0, -0.0, -0.0, .infinity, -.infinity, .nan]
    }
}
