/// The operations without their attributes: one case for each case of `Op`.
public enum OpKind: String, Hashable, Sendable, CaseIterable {
    case constant, iota
    case randomUniform = "random_uniform"
    case unary, binary, compare, select, convert
    case stopGradient = "stop_gradient"
    case reduce, dot, transpose, reshape, broadcast, slice, pad, concatenate, window
    case overlapAdd = "overlap_add"
    case gather
    case scatterAdd = "scatter_add"
    case matrix
    case scan

    public var aliasClass: AliasClass {
        switch self {
        case .reshape, .stopGradient: .view(operand: 0)
        case .unary, .binary, .compare, .select, .convert: .mayReuse
        case .constant, .iota, .randomUniform, .reduce, .dot, .transpose, .broadcast, .slice, .pad, .concatenate,
            .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            .fresh
        }
    }
}

extension Op {
    public var kind: OpKind {
        switch self {
        case .constant: .constant
        case .iota: .iota
        case .randomUniform: .randomUniform
        case .unary: .unary
        case .binary: .binary
        case .compare: .compare
        case .select: .select
        case .convert: .convert
        case .stopGradient: .stopGradient
        case .reduce: .reduce
        case .dot: .dot
        case .transpose: .transpose
        case .reshape: .reshape
        case .broadcast: .broadcast
        case .slice: .slice
        case .pad: .pad
        case .concatenate: .concatenate
        case .window: .window
        case .overlapAdd: .overlapAdd
        case .gather: .gather
        case .scatterAdd: .scatterAdd
        case .matrix: .matrix
        case .scan: .scan
        }
    }
}
