import Graph

/// Whether values may be computed inside their readers: the rules alone, without any judgement of gain.
enum FusionLegality {
    /// An operation whose elements are expressions over single operand elements can be computed anywhere.
    static func canInline(_ op: Op) -> Bool { op.isPointwise }

    /// Why some reader needs the value in memory, or nil if none does.
    static func refusingReader(of value: ValueID, _ graph: Graph, _ uses: UseIndex) -> String? {
        for user in uses.users[value.index] {
            let reader = graph.node(user)
            for (position, operand) in reader.operands.enumerated() where operand == value {
                if let reason = refusal(reader.op, operand: position, value, graph) { return reason }
            }
        }
        return nil
    }

    private static func refusal(_ op: Op, operand: Int, _ value: ValueID, _ graph: Graph) -> String? {
        switch op {
        // Whether a product reads strides in place is a question of gain, for `ProductReading`.
        case .dot: return nil
        case .scan: return "a loop reads it in every iteration"
        case .reshape, .stopGradient: return "a view needs its operand's memory"
        case .overlapAdd, .scatterAdd, .matrix: return "\(op.spelling) reads it from memory"
        case .gather: return operand == 0 ? "gather reads it at computed places" : nil
        case .broadcast(let shape, _):
            return repeats(shape.elementCount, value, graph) ? "a broadcast would compute it many times" : nil
        case .window(_, let size):
            return size > 1 && repeats(Int.max, value, graph) ? "overlapping windows would compute it many times" : nil
        case .randomUniform: return "the generator reads its key from memory"
        case .constant, .iota, .unary, .binary, .compare, .select, .convert, .reduce, .transpose, .slice, .pad,
            .concatenate:
            return nil
        }
    }

    /// Whether a computed value would be computed more than once per element.
    static func repeats(_ target: Int, _ value: ValueID, _ graph: Graph) -> Bool {
        guard target > graph.type(of: value).elementCount, let node = graph.definingNode(of: value) else { return false }
        switch node.op {
        case .constant, .iota, .broadcast, .slice, .transpose, .stopGradient: return false
        case .randomUniform, .unary, .binary, .compare, .select, .convert, .reduce, .dot, .reshape, .pad, .concatenate,
            .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return true
        }
    }
}
