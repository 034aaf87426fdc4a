/// A tensor of the reference interpreter: every element as a double that is exact in the tensor's element type.
public struct Tensor: Hashable, Sendable {
    public var type: TensorType
    /// Row-major.
    public var elements: [Double]

    public init(_ type: TensorType, _ elements: [Double]) {
        precondition(elements.count == type.elementCount, "a tensor needs \(type.elementCount) elements")
        self.type = type
        self.elements = elements.map { type.elementType.round($0) }
    }

    public init(_ type: TensorType, repeating value: Double) {
        self.init(type, [Double](repeating: value, count: type.elementCount))
    }

    public init(scalar value: Double, _ elementType: ElementType = .f32) {
        self.init(TensorType(elementType, .scalar), [value])
    }

    /// The only element of a scalar, or the first of a larger tensor.
    public var scalar: Double { elements[0] }
}

extension ElementType {
    /// The nearest value of this type; integers wrap as two's complement does.
    public func round(_ value: Double) -> Double {
        switch self {
        case .f32: Double(Float(value))
        case .f64: value
        case .i32: Double(Self.wrap(value))
        case .bool: value == 0 ? 0 : 1
        }
    }

    /// Conversion truncates toward zero and saturates; NaN becomes zero.
    public func convert(_ value: Double) -> Double {
        switch self {
        case .f32, .f64, .bool: return round(value)
        case .i32:
            if value.isNaN { return 0 }
            return min(max(value.rounded(.towardZero), Double(Int32.min)), Double(Int32.max))
        }
    }

    private static func wrap(_ value: Double) -> Int32 {
        guard let exact = Int64(exactly: value) else { return 0 }
        return Int32(truncatingIfNeeded: exact)
    }
}
