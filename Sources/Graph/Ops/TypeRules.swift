/// The types of an operation's results: the only place where type rules live.
///
/// The builder, the parser and the verifier all call this function, so they cannot disagree. Every broken rule is a
/// diagnostic whose id is `operation.rule`, or `type.rule` where the result is no type at all.
public func inferTypes(_ op: Op, _ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    let rules = TypeRules(op: op, operands: operands)
    try rules.checkOperandCount()
    switch op {
    case .constant(let type, let constant): return [try rules.constant(type, constant)]
    case .iota(let type, let axis): return [try rules.iota(type, axis)]
    case .randomUniform(let type, _): return [try rules.randomUniform(type)]
    case .unary(let unary): return [try rules.unary(unary)]
    case .binary(let binary): return [try rules.binary(binary)]
    case .compare: return [try rules.compare()]
    case .select: return [try rules.select()]
    case .convert(let elementType): return [operands[0].with(elementType: elementType)]
    case .stopGradient: return [operands[0]]
    case .reduce(_, let axes): return [try rules.reduce(axes)]
    case .dot(let dimensions): return [try rules.dot(dimensions)]
    case .transpose(let permutation): return [try rules.transpose(permutation)]
    case .reshape(let shape): return [try rules.reshape(shape)]
    case .broadcast(let shape, let axes): return [try rules.broadcast(shape, axes)]
    case .slice(let starts, let limits, let strides): return [try rules.slice(starts, limits, strides)]
    case .pad(let low, let high): return [try rules.pad(low, high)]
    case .concatenate(let axis): return [try rules.concatenate(axis)]
    case .window(let axis, let size): return [try rules.window(axis, size)]
    case .overlapAdd(let axis): return [try rules.overlapAdd(axis)]
    case .gather: return [try rules.gather()]
    case .scatterAdd(let count): return [try rules.scatterAdd(count)]
    case .matrix(let op): return [try rules.matrix(op)]
    case .scan(let scan): return try rules.scan(scan)
    }
}

/// One operation with its operand types, and a method per rule set.
struct TypeRules {
    let op: Op
    let operands: [TensorType]

    func fail(_ rule: String, _ message: String, expected: String? = nil, found: String? = nil) -> Diagnostic {
        Diagnostic("\(op.spelling).\(rule)", op.spelling, message, expected: expected, found: found)
    }

    func require(
        _ condition: Bool, _ rule: String, _ message: @autoclosure () -> String,
        expected: @autoclosure () -> String? = nil, found: @autoclosure () -> String? = nil
    ) throws(Diagnostic) {
        guard condition else { throw fail(rule, message(), expected: expected(), found: found()) }
    }

    func checkOperandCount() throws(Diagnostic) {
        if let count = op.operandCount {
            try require(
                operands.count == count, "operand-count", "number of operands", expected: "\(count)",
                found: "\(operands.count)")
        } else {
            try require(!operands.isEmpty, "operand-count", "needs at least one operand", expected: "1 or more", found: "0")
        }
    }

    func checkShape(_ shape: Shape) throws(Diagnostic) {
        try TensorType.checkShape(shape, subject: op.spelling)
    }

    func checkAxes(_ axes: [Int], rank: Int, rule: String = "axes") throws(Diagnostic) {
        try require(
            axes.allSatisfy { $0 >= 0 && $0 < rank } && Set(axes).count == axes.count, rule,
            "axes are different and below the rank \(rank)", found: "\(axes)")
    }

    // MARK: Sources

    func constant(_ type: TensorType, _ constant: Constant) throws(Diagnostic) -> TensorType {
        try checkShape(type.shape)
        switch constant {
        case .splat(let value): try checkElement(value, type.elementType)
        case .dense(let values):
            try require(
                values.count == type.elementCount, "elements", "number of elements", expected: "\(type.elementCount)",
                found: "\(values.count)")
            for value in values { try checkElement(value, type.elementType) }
        }
        return type
    }

    private func checkElement(_ value: Double, _ type: ElementType) throws(Diagnostic) {
        switch type {
        case .f32:
            try require(
                value.isNaN || Double(Float(value)) == value, "precision", "elements are exact in f32", found: "\(value)")
        case .f64: break
        case .i32: try require(Int32(exactly: value) != nil, "precision", "elements are exact in i32", found: "\(value)")
        case .bool: try require(value == 0 || value == 1, "precision", "elements are 0 or 1", found: "\(value)")
        }
    }

    func iota(_ type: TensorType, _ axis: Int) throws(Diagnostic) -> TensorType {
        try checkShape(type.shape)
        try require(type.elementType != .bool, "element-type", "counts numbers", expected: "f32, f64 or i32", found: "bool")
        try checkAxes([axis], rank: type.shape.rank)
        return type
    }

    func randomUniform(_ type: TensorType) throws(Diagnostic) -> TensorType {
        try checkShape(type.shape)
        let key = TensorType(.i32, [2])
        try require(operands[0] == key, "key", "type of the key", expected: "\(key)", found: "\(operands[0])")
        try require(type.elementType.isFloating, "element-type", "draws floating numbers", found: "\(type)")
        return type
    }

    // MARK: Elementwise

    func unary(_ unary: UnaryOp) throws(Diagnostic) -> TensorType {
        let type = operands[0].elementType
        switch unary {
        case .logicalNot: try require(type == .bool, "element-type", "works on bool", found: "\(operands[0])")
        case .negate, .abs, .sign:
            try require(type != .bool, "element-type", "works on numbers", found: "\(operands[0])")
        case .exp, .log, .sqrt, .tanh, .logistic, .floor, .roundEven:
            try require(type.isFloating, "element-type", "works on f32 and f64", found: "\(operands[0])")
        }
        return operands[0]
    }

    func checkSame(_ a: Int, _ b: Int) throws(Diagnostic) {
        try require(
            operands[a] == operands[b], "same-type", "operands have one type; broadcasting is never implicit",
            expected: "\(operands[a])", found: "\(operands[b])")
    }

    func binary(_ binary: BinaryOp) throws(Diagnostic) -> TensorType {
        try checkSame(0, 1)
        let type = operands[0].elementType
        switch binary {
        case .add, .subtract, .multiply, .maximum, .minimum:
            try require(type != .bool, "element-type", "works on numbers", found: "\(operands[0])")
        case .divide, .power:
            try require(type.isFloating, "element-type", "works on f32 and f64", found: "\(operands[0])")
        case .logicalAnd, .logicalOr:
            try require(type == .bool, "element-type", "works on bool", found: "\(operands[0])")
        }
        return operands[0]
    }

    func compare() throws(Diagnostic) -> TensorType {
        try checkSame(0, 1)
        return operands[0].with(elementType: .bool)
    }

    func select() throws(Diagnostic) -> TensorType {
        try checkSame(1, 2)
        let predicate = operands[1].with(elementType: .bool)
        try require(
            operands[0] == predicate, "predicate", "type of the predicate", expected: "\(predicate)", found: "\(operands[0])")
        return operands[1]
    }
}
