/// Which values every execution must compute to the bit: those on whose way from the inputs nothing is rounded twice.
///
/// A plan may fuse a multiplication with an addition, sum in another order and has exponentials of its own; it may neither
/// round moved, chosen or compared numbers, nor the first operation on them otherwise than IEEE 754 says.
package struct Exactness: Equatable {
    /// Whether the number is the same in all executions.
    package var isExact = true
    /// Whether it is the result of an arithmetic operation, so that another one on it may be fused with it.
    package var isRounded = false
    /// Whether a zero may have either sign: where +0 and −0 meet in a reduction, which one stays depends on the order.
    package var isZeroOfEitherSign = false

    private static let inexact = Exactness(isExact: false, isRounded: true, isZeroOfEitherSign: true)

    /// For each value of a graph.
    package static func all(_ graph: Graph) -> [Exactness] {
        var all = [Exactness](repeating: Exactness(), count: graph.values.count)
        for node in graph.nodes {
            let result = of(node, graph, node.operands.map { all[$0.index] })
            for value in node.results { all[value.index] = result }
        }
        return all
    }

    private static func of(_ node: Graph.Node, _ graph: Graph, _ operands: [Exactness]) -> Exactness {
        let merged = operands.reduce(Exactness()) { a, b in
            Exactness(
                isExact: a.isExact && b.isExact, isRounded: a.isRounded || b.isRounded,
                isZeroOfEitherSign: a.isZeroOfEitherSign || b.isZeroOfEitherSign)
        }
        let isFloating = graph.type(of: node.results[0]).elementType.isFloating
        switch node.op {
        case .unary(.exp), .unary(.log), .unary(.tanh), .unary(.logistic), .binary(.power), .dot, .overlapAdd, .scatterAdd, .matrix, .scan:
            return inexact
        case .unary(.sqrt), .binary(.add), .binary(.subtract), .binary(.multiply), .binary(.divide):
            guard isFloating else { return merged }
            let isFirst = merged.isExact && !merged.isRounded && !merged.isZeroOfEitherSign
            return isFirst ? Exactness(isRounded: true) : inexact
        case .convert:
            guard isFloating, merged.isExact, !merged.isRounded else { return isFloating ? inexact : merged }
            return Exactness(isRounded: true, isZeroOfEitherSign: merged.isZeroOfEitherSign)
        case .reduce(let reduction, let axes):
            let count = axes.reduce(1) { $0 * graph.type(of: node.operands[0]).shape[$1] }
            guard reduction != .sum || count <= 1 || !isFloating else { return inexact }
            return Exactness(isExact: merged.isExact, isRounded: merged.isRounded, isZeroOfEitherSign: true)
        case .compare:
            return Exactness(isExact: merged.isExact)
        case .constant, .iota, .randomUniform, .unary, .binary, .select, .stopGradient, .transpose, .reshape, .broadcast, .slice, .pad,
            .concatenate, .window, .gather:
            return merged
        }
    }
}
