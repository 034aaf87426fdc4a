import Graph

/// The cotangent rule of every operation except scan: from the result's cotangent to the operands'.
enum GradientRules {
    static func propagate(
        _ cotangent: ValueID, through node: Graph.Node, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        let operands = node.operands
        switch node.op {
        case .constant, .iota, .randomUniform, .compare, .stopGradient:
            return
        case .unary(let unary):
            try Self.unary(unary, cotangent, operands[0], node.result, &reverse)
        case .binary(let binary):
            try Self.binary(binary, cotangent, operands[0], operands[1], node.result, &reverse)
        case .select:
            let zero = try reverse.builder.constant(0, like: cotangent)
            try reverse.send(to: operands[1]) { b, hint throws(Diagnostic) in try b.select(operands[0], cotangent, zero, hint) }
            try reverse.send(to: operands[2]) { b, hint throws(Diagnostic) in try b.select(operands[0], zero, cotangent, hint) }
        case .convert:
            let elementType = reverse.builder.type(of: operands[0]).elementType
            try reverse.send(to: operands[0]) { b, hint throws(Diagnostic) in try b.convert(cotangent, to: elementType, hint) }
        case .reduce(let reduction, let axes):
            try reduce(reduction, axes, cotangent, operands[0], node.result, &reverse)
        case .dot(let dimensions):
            try DotGradient.propagate(cotangent, dimensions, operands[0], operands[1], &reverse)
        case .transpose, .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd:
            try MovementGradient.propagate(cotangent, through: node, &reverse)
        case .matrix(let op):
            try MatrixGradient.propagate(cotangent, op, node.operands, node.result, &reverse)
        case .scan:
            throw Diagnostic("autodiff.scan", "scan", "scans have a rule of their own", kind: .compilerBug)
        }
    }

    private static func unary(
        _ op: UnaryOp, _ g: ValueID, _ a: ValueID, _ result: ValueID, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        try reverse.send(to: a) { b, hint throws(Diagnostic) -> ValueID? in
            switch op {
            case .negate: return try b.unary(.negate, g, hint)
            case .abs: return try b.multiply(g, b.unary(.sign, a), hint)
            case .exp: return try b.multiply(g, result, hint)
            case .log: return try b.divide(g, a, hint)
            case .sqrt: return try b.divide(b.multiply(g, 0.5), result, hint)
            case .tanh:
                let slope = try b.subtract(b.constant(1, like: result), b.square(result))
                return try b.multiply(g, slope, hint)
            case .logistic:
                let slope = try b.multiply(result, b.subtract(b.constant(1, like: result), result))
                return try b.multiply(g, slope, hint)
            case .sign, .floor, .roundEven, .logicalNot: return nil
            }
        }
    }

    private static func binary(
        _ op: BinaryOp, _ g: ValueID, _ x: ValueID, _ y: ValueID, _ result: ValueID, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        switch op {
        case .add:
            try reverse.accumulate(g, to: x)
            try reverse.accumulate(g, to: y)
        case .subtract:
            try reverse.accumulate(g, to: x)
            try reverse.send(to: y) { b, hint throws(Diagnostic) in try b.unary(.negate, g, hint) }
        case .multiply:
            try reverse.send(to: x) { b, hint throws(Diagnostic) in try b.multiply(g, y, hint) }
            try reverse.send(to: y) { b, hint throws(Diagnostic) in try b.multiply(g, x, hint) }
        case .divide:
            try reverse.send(to: x) { b, hint throws(Diagnostic) in try b.divide(g, y, hint) }
            try reverse.send(to: y) { b, hint throws(Diagnostic) in
                try b.unary(.negate, b.divide(b.multiply(g, result), y), hint)
            }
        case .maximum: try choose(.greaterOrEqual, .less, g, x, y, &reverse)
        case .minimum: try choose(.lessOrEqual, .greater, g, x, y, &reverse)
        case .power:
            try reverse.send(to: x) { b, hint throws(Diagnostic) in
                let exponent = try b.subtract(y, b.constant(1, like: y))
                return try b.multiply(g, b.multiply(y, b.binary(.power, x, exponent)), hint)
            }
            try reverse.send(to: y) { b, hint throws(Diagnostic) in
                try b.multiply(g, b.multiply(result, b.unary(.log, x)), hint)
            }
        case .logicalAnd, .logicalOr: return
        }
    }

    /// The gradient of a maximum or minimum goes to the operand that was taken, at a tie to the first.
    private static func choose(
        _ first: Comparison, _ second: Comparison, _ g: ValueID, _ x: ValueID, _ y: ValueID,
        _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        for (comparison, operand) in [(first, x), (second, y)] {
            try reverse.send(to: operand) { b, hint throws(Diagnostic) in
                try b.select(b.compare(comparison, x, y), g, b.constant(0, like: g), hint)
            }
        }
    }

    private static func reduce(
        _ reduction: Reduction, _ axes: [Int], _ g: ValueID, _ a: ValueID, _ result: ValueID,
        _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        let shape = reverse.builder.shape(of: a)
        try reverse.send(to: a) { b, hint throws(Diagnostic) in
            let spread = try b.restore(g, to: shape, removed: axes, "\(hint).spread")
            switch reduction {
            case .sum: return spread
            case .maximum, .minimum:
                // Equal extremes share the cotangent.
                let chosen = try b.compare(.equal, a, b.restore(result, to: shape, removed: axes))
                let mask = try b.select(chosen, b.constant(1, like: a), b.constant(0, like: a))
                let count = try b.restore(b.sum(mask, axes: axes), to: shape, removed: axes)
                return try b.multiply(spread, b.divide(mask, count), hint)
            }
        }
    }
}

extension ReverseMode {
    /// Computes and accumulates a contribution if the operand is active.
    mutating func send(
        to operand: ValueID, _ contribution: (inout GraphBuilder, String) throws(Diagnostic) -> ValueID?
    ) throws(Diagnostic) {
        guard isActive(operand) else { return }
        if let value = try contribution(&builder, localName(of: operand)) { try accumulate(value, to: operand) }
    }
}
