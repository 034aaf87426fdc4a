/// The closed set of operations; facts about each stand in `OpDefinition`, type rules in `inferTypes`.
public indirect enum Op: Hashable, Sendable {
    case constant(TensorType, Constant)
    case iota(TensorType, axis: Int)
    /// Uniform numbers in [0, 1) of 24 bits, a pure function of the key operand, the stream and the element's index.
    case randomUniform(TensorType, stream: Int)

    case unary(UnaryOp)
    case binary(BinaryOp)
    case compare(Comparison)
    case select
    case convert(ElementType)
    case stopGradient

    case reduce(Reduction, axes: [Int])
    case dot(DotDimensions)

    case transpose(permutation: [Int])
    case reshape(Shape)
    /// Operand axis `i` becomes result axis `axes[i]`; all other result axes repeat.
    case broadcast(Shape, axes: [Int])
    case slice(starts: [Int], limits: [Int], strides: [Int])
    /// Adds zeros: `low[i]` before and `high[i]` after axis `i`.
    case pad(low: [Int], high: [Int])
    case concatenate(axis: Int)
    /// Sliding windows along `axis`: element `[.., t, j, ..]` is operand element `[.., t + j, ..]`.
    case window(axis: Int, size: Int)
    /// The adjoint of `window`: adds overlapping windows back; the axis after `axis` disappears.
    case overlapAdd(axis: Int)
    /// Rows of operand 0 along its first axis, chosen by the i32 indices of operand 1, clamped into range.
    case gather
    /// The adjoint of `gather`: adds rows of operand 0 into `count` rows of zeros at the indices of operand 1.
    case scatterAdd(count: Int)
    /// Linear algebra on the matrices that the last two axes hold, for each entry of the axes before them.
    case matrix(MatrixOp)

    case scan(Scan)
}

/// The dimension pairs of a general matrix product.
///
/// The result has the batch axes, then the free axes of the left operand, then those of the right one.
public struct DotDimensions: Hashable, Sendable {
    public var leftBatch: [Int]
    public var rightBatch: [Int]
    public var leftContracting: [Int]
    public var rightContracting: [Int]

    public init(
        leftBatch: [Int] = [], rightBatch: [Int] = [], leftContracting: [Int], rightContracting: [Int]
    ) {
        self.leftBatch = leftBatch
        self.rightBatch = rightBatch
        self.leftContracting = leftContracting
        self.rightContracting = rightContracting
    }

    public func leftFree(rank: Int) -> [Int] {
        (0..<rank).filter { !leftBatch.contains($0) && !leftContracting.contains($0) }
    }

    public func rightFree(rank: Int) -> [Int] {
        (0..<rank).filter { !rightBatch.contains($0) && !rightContracting.contains($0) }
    }
}

/// A loop of a fixed number of iterations, the only control flow.
///
/// Operands: the carried values' start, the invariants, then the scanned tensors, whose first axis has `count` entries.
/// The body takes the carried values, the invariants and one entry of each scanned tensor; it returns the next carried
/// values and then entries that are stacked along a new first axis. Results: the last carried values, then the stacks.
/// With `reverse` the iterations run from the last entry to the first, in the scanned and in the stacked tensors.
public struct Scan: Hashable, Sendable {
    public var count: Int
    public var carried: Int
    public var scanned: Int
    public var reverse: Bool
    /// A graph with names of its own; its inputs all have the role `data`, and its name is always `bodyName`.
    public var body: Graph

    /// Bodies have no names of their own, so that scans which compute the same are equal.
    public static let bodyName = "body"
    /// How deep scans may stand in each other; bounds every recursion over bodies.
    public static let maximumNesting = 16

    public init(count: Int, carried: Int, scanned: Int, reverse: Bool, body: Graph) {
        self.count = count
        self.carried = carried
        self.scanned = scanned
        self.reverse = reverse
        self.body = body
        self.body.name = Self.bodyName
    }

    /// How many operands are passed unchanged to every iteration.
    public var invariants: Int { body.inputs.count - carried - scanned }
    /// How many results are stacked over the iterations.
    public var stacked: Int { body.outputs.count - carried }
}

public enum UnaryOp: String, Hashable, Sendable, CaseIterable {
    case negate, abs, sign, exp, log, sqrt, tanh, logistic, floor
    case roundEven = "round_even"
    case logicalNot = "not"
}

public enum BinaryOp: String, Hashable, Sendable, CaseIterable {
    case add, subtract, multiply, divide, maximum, minimum, power
    case logicalAnd = "and"
    case logicalOr = "or"
}

public enum Comparison: String, Hashable, Sendable, CaseIterable {
    case equal = "eq"
    case notEqual = "ne"
    case less = "lt"
    case lessOrEqual = "le"
    case greater = "gt"
    case greaterOrEqual = "ge"
}

public enum Reduction: String, Hashable, Sendable, CaseIterable {
    case sum, maximum, minimum
}
