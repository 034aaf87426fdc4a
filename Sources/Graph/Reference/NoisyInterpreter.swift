/// Interprets a graph with noise of the size of a rounding in what every arithmetic operation reads and gives; a loop is one operation.
///
/// Zeros whose sign depends on the order of operations get either one.
package struct NoisyInterpreter {
    private let key: (UInt32, UInt32)
    private var drawn = 0

    package init(seed: Int) { key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)) }

    /// The outputs; of each seed others.
    package mutating func run(_ graph: Graph, _ inputs: [Tensor]) throws(Diagnostic) -> [Tensor] {
        var values = inputs
        let exactness = Exactness.all(graph)
        for node in graph.nodes {
            let types = node.results.map { graph.type(of: $0) }
            var operands = node.operands.map { values[$0.index] }
            let result = exactness[node.results[0].index]
            if !result.isExact, Self.rounds(node.op) { operands = operands.map { noisy($0) } }
            for tensor in try Interpreter().evaluate(node.op, operands, types) {
                let tensor = Self.rounds(node.op) && !result.isExact ? noisy(tensor, isMixed: Self.mixes(node.op)) : tensor
                values.append(result.isZeroOfEitherSign && Self.rounds(node.op) ? withOtherZeros(tensor) : tensor)
            }
        }
        return graph.outputs.map { values[$0.value.index] }
    }

    /// Whether it does more than to move, choose or compare numbers.
    private static func rounds(_ op: Op) -> Bool {
        switch op {
        case .unary(.negate), .unary(.abs), .unary(.sign), .unary(.floor), .unary(.roundEven), .unary(.logicalNot): false
        case .binary(.maximum), .binary(.minimum), .binary(.logicalAnd), .binary(.logicalOr): false
        case .unary, .binary, .convert, .reduce, .dot, .overlapAdd, .scatterAdd, .matrix, .scan: true
        case .constant, .iota, .randomUniform, .compare, .select, .stopGradient, .transpose, .reshape, .broadcast, .slice, .pad,
            .concatenate, .window, .gather:
            false
        }
    }

    /// Whether errors of an element are as large as a rounding of the largest one: zeros then come out as tiny numbers.
    private static func mixes(_ op: Op) -> Bool {
        switch op {
        case .matrix, .scan: true
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd:
            false
        }
    }

    private mutating func uniform() -> Double {
        drawn += 1
        return Philox.uniform(index: drawn, stream: 0, key: key)
    }

    private mutating func noisy(_ tensor: Tensor, isMixed: Bool = false) -> Tensor {
        guard tensor.type.elementType.isFloating else { return tensor }
        let unit = tensor.type.elementType == .f64 ? 0x1p-52 : 0x1p-23
        let scale = isMixed ? tensor.elements.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 } : 0
        var elements = tensor.elements
        for index in elements.indices where elements[index].isFinite {
            elements[index] += (3 * uniform() - 1.5) * unit * max(scale, abs(elements[index]))
        }
        return Tensor(tensor.type, elements)
    }

    private mutating func withOtherZeros(_ tensor: Tensor) -> Tensor {
        guard tensor.type.elementType.isFloating else { return tensor }
        var elements = tensor.elements
        for index in elements.indices where elements[index] == 0 { elements[index] = uniform() < 0.5 ? 0.0 : -0.0 }
        return Tensor(tensor.type, elements)
    }
}
