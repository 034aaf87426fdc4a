import Graph

/// Spelling of types, numbers and operations in C.
enum CSource {
    static func type(_ type: ElementType) -> String {
        switch type {
        case .f32: "float"
        case .f64: "double"
        case .i32: "int"
        case .bool: "unsigned char"
        }
    }

    static func literal(_ value: Double, _ type: ElementType) -> String {
        switch type {
        case .f32:
            if value.isNaN { return "__builtin_nanf(\"\")" }
            if value.isInfinite { return value < 0 ? "-__builtin_inff()" : "__builtin_inff()" }
            return "\(Float(value))f"
        case .f64:
            if value.isNaN { return "__builtin_nan(\"\")" }
            if value.isInfinite { return value < 0 ? "-__builtin_inf()" : "__builtin_inf()" }
            return "\(value)"
        case .i32:
            // The literal 2147483648 does not fit an int, even behind a minus sign; the infinities are what reductions start from.
            if value <= Double(Int32.min) { return "(-2147483647 - 1)" }
            return value >= Double(Int32.max) ? "2147483647" : "\(Int(value))"
        case .bool: return value == 0 ? "0" : "1"
        }
    }

    static func unary(_ op: UnaryOp, _ operand: String, _ type: ElementType) -> String {
        // Two minus signs in a row would be a decrement.
        let a = operand.hasPrefix("-") ? "(\(operand))" : operand
        return switch type {
        case .f32: substitute(op.row.c32, a)
        case .f64: substitute(op.row.c64, a)
        case .i32:
            switch op {
            case .negate: "-\(a)"
            case .abs: "(\(a) < 0 ? -\(a) : \(a))"
            case .sign: "((\(a) > 0) - (\(a) < 0))"
            case .exp, .log, .sqrt, .tanh, .logistic, .floor, .roundEven, .logicalNot: substitute(op.row.c32, a)
            }
        case .bool: substitute(op.row.c32, a)
        }
    }

    static func binary(_ op: BinaryOp, _ a: String, _ b: String, _ type: ElementType) -> String {
        switch type {
        case .f32, .bool: return substitute(op.row.c32, a, b)
        case .f64: return substitute(op.row.c64, a, b)
        case .i32:
            switch op {
            case .maximum: return "(\(a) > \(b) ? \(a) : \(b))"
            case .minimum: return "(\(a) < \(b) ? \(a) : \(b))"
            case .add, .subtract, .multiply, .divide, .power, .logicalAnd, .logicalOr:
                return substitute(op.row.c32, a, b)
            }
        }
    }

    static func convert(_ a: String, from: ElementType, to: ElementType) -> String {
        switch to {
        case .f32: "(float)\(a)"
        case .f64: "(double)\(a)"
        case .i32: from.isFloating ? "dg_to_int(\(a))" : "(int)\(a)"
        case .bool: "(\(a) != 0)"
        }
    }

    /// Replaces the whole words `a` and `b` of a template.
    private static func substitute(_ template: String, _ a: String, _ b: String = "") -> String {
        var result = ""
        var word = ""
        func flush() {
            result += word == "a" ? a : word == "b" ? b : word
            word = ""
        }
        for character in template {
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
            } else {
                flush()
                result.append(character)
            }
        }
        flush()
        return "(\(result))"
    }
}
