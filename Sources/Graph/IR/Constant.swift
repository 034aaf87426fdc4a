/// The contents of a constant: one number everywhere, or every element in row-major order.
public enum Constant: Hashable, Sendable {
    case splat(Double)
    case dense([Double])

    /// Two constants are equal when no operation can tell them apart.
    ///
    /// Numbers alone will not do: 0 equals −0 though 1/0 is not 1/−0, and a NaN does not even equal itself.
    public static func == (a: Constant, b: Constant) -> Bool {
        switch (a, b) {
        case (.splat(let a), .splat(let b)): pattern(a) == pattern(b)
        case (.dense(let a), .dense(let b)): a.elementsEqual(b) { pattern($0) == pattern($1) }
        case (.splat, .dense), (.dense, .splat): false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .splat(let value):
            hasher.combine(Self.pattern(value))
        case .dense(let values):
            hasher.combine(values.count)
            for value in values { hasher.combine(Self.pattern(value)) }
        }
    }

    /// The bits of a number, the same for every NaN.
    static func pattern(_ value: Double) -> UInt64 {
        value.isNaN ? Double.nan.bitPattern : value.bitPattern
    }
}
