extension Op {
    /// The operation's name in the text format.
    public var spelling: String {
        switch self {
        case .constant: "constant"
        case .iota: "iota"
        case .randomUniform: "random_uniform"
        case .unary(let op): op.rawValue
        case .binary(let op): op.rawValue
        case .compare: "compare"
        case .select: "select"
        case .convert: "convert"
        case .stopGradient: "stop_gradient"
        case .reduce: "reduce"
        case .dot: "dot"
        case .transpose: "transpose"
        case .reshape: "reshape"
        case .broadcast: "broadcast"
        case .slice: "slice"
        case .pad: "pad"
        case .concatenate: "concatenate"
        case .window: "window"
        case .overlapAdd: "overlap_add"
        case .gather: "gather"
        case .scatterAdd: "scatter_add"
        case .matrix(let op): op.rawValue
        case .scan: "scan"
        }
    }

    public var aliasClass: AliasClass { kind.aliasClass }

    /// Whether each result element is an expression over single operand elements, so that the loop that uses it can
    /// compute it in place.
    public var isPointwise: Bool {
        switch self {
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient,
            .transpose, .broadcast, .slice, .pad, .concatenate, .window, .gather:
            true
        case .reduce, .dot, .reshape, .overlapAdd, .scatterAdd, .matrix, .scan:
            false
        }
    }

    /// How many operands the operation takes, or nil where it varies.
    public var operandCount: Int? {
        switch self {
        case .constant, .iota: 0
        case .randomUniform, .unary, .convert, .stopGradient, .reduce, .transpose, .reshape, .broadcast, .slice, .pad,
            .window, .overlapAdd:
            1
        case .binary, .compare, .dot, .gather, .scatterAdd: 2
        case .select: 3
        case .matrix(let op): op.operandCount
        case .concatenate: nil
        case .scan(let scan): scan.body.inputs.count
        }
    }
}
