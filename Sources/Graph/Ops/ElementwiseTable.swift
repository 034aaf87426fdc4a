import Foundation

/// Everything about one elementwise operation except its derivative.
///
/// `evaluate` works in double precision; results of f32 operations are rounded afterwards, which is the exact f32 result
/// for the four arithmetic operations and the square root. `c32` and `c64` are C expressions over `a` and `b`.
public struct ElementwiseRow: Sendable {
    public let spelling: String
    public let summary: String
    public let evaluate: @Sendable (Double, Double) -> Double
    public let c32: String
    public let c64: String
}

extension UnaryOp {
    public var row: ElementwiseRow {
        switch self {
        case .negate: Self.row("negate", "−a", { -$0 }, "-a", "-a")
        case .abs: Self.row("abs", "|a|", { Swift.abs($0) }, "__builtin_fabsf(a)", "__builtin_fabs(a)")
        case .sign:
            Self.row("sign", "−1, 0 or 1; NaN stays", { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, "dg_sign(a)", "dg_sign_f64(a)")
        case .exp: Self.row("exp", "e to the a", { Foundation.exp($0) }, "dg_exp(a)", "exp(a)")
        case .log: Self.row("log", "natural logarithm", { Foundation.log($0) }, "dg_log(a)", "log(a)")
        case .sqrt: Self.row("sqrt", "square root", { $0.squareRoot() }, "__builtin_sqrtf(a)", "__builtin_sqrt(a)")
        case .tanh: Self.row("tanh", "hyperbolic tangent", { Foundation.tanh($0) }, "dg_tanh(a)", "tanh(a)")
        case .logistic:
            Self.row("logistic", "1/(1+e^−a)", { 1 / (1 + Foundation.exp(-$0)) }, "dg_logistic(a)", "(1/(1+exp(-(a))))")
        case .floor: Self.row("floor", "largest integer not above a", { $0.rounded(.down) }, "__builtin_floorf(a)", "__builtin_floor(a)")
        case .roundEven:
            Self.row(
                "round_even", "nearest integer, halves to even", { $0.rounded(.toNearestOrEven) },
                "__builtin_roundevenf(a)", "__builtin_roundeven(a)")
        case .logicalNot: Self.row("not", "logical not", { $0 == 0 ? 1 : 0 }, "!a", "!a")
        }
    }

    private static func row(
        _ spelling: String, _ summary: String, _ evaluate: @escaping @Sendable (Double) -> Double,
        _ c32: String, _ c64: String
    ) -> ElementwiseRow {
        ElementwiseRow(spelling: spelling, summary: summary, evaluate: { a, _ in evaluate(a) }, c32: c32, c64: c64)
    }
}

extension BinaryOp {
    public var row: ElementwiseRow {
        switch self {
        case .add: Self.row("add", "a + b", { $0 + $1 }, "a + b")
        case .subtract: Self.row("subtract", "a − b", { $0 - $1 }, "a - b")
        case .multiply: Self.row("multiply", "a · b", { $0 * $1 }, "a * b")
        case .divide: Self.row("divide", "a / b", { $0 / $1 }, "a / b")
        case .maximum: Self.row("maximum", "the larger; NaN if either is", Self.maximum, "dg_max(a, b)", "dg_max_f64(a, b)")
        case .minimum: Self.row("minimum", "the smaller; NaN if either is", Self.minimum, "dg_min(a, b)", "dg_min_f64(a, b)")
        case .power: Self.row("power", "a to the b", { Foundation.pow($0, $1) }, "dg_pow(a, b)", "pow(a, b)")
        case .logicalAnd: Self.row("and", "logical and", { $0 != 0 && $1 != 0 ? 1 : 0 }, "a & b")
        case .logicalOr: Self.row("or", "logical or", { $0 != 0 || $1 != 0 ? 1 : 0 }, "a | b")
        }
    }

    private static func row(
        _ spelling: String, _ summary: String, _ evaluate: @escaping @Sendable (Double, Double) -> Double,
        _ c32: String, _ c64: String? = nil
    ) -> ElementwiseRow {
        ElementwiseRow(spelling: spelling, summary: summary, evaluate: evaluate, c32: c32, c64: c64 ?? c32)
    }

    @Sendable private static func maximum(_ a: Double, _ b: Double) -> Double { a.isNaN || a > b ? a : b }
    @Sendable private static func minimum(_ a: Double, _ b: Double) -> Double { a.isNaN || a < b ? a : b }
}

extension Comparison {
    public var cOperator: String {
        switch self {
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }

    public func evaluate(_ a: Double, _ b: Double) -> Bool {
        switch self {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }
}

extension Reduction {
    public var identity: Double {
        switch self {
        case .sum: 0
        case .maximum: -.infinity
        case .minimum: .infinity
        }
    }

    public func combine(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .sum: a + b
        case .maximum: BinaryOp.maximum.row.evaluate(a, b)
        case .minimum: BinaryOp.minimum.row.evaluate(a, b)
        }
    }
}
