/// Element type and shape of a tensor, printed as `f32[8,16]`.
public struct TensorType: Hashable, Sendable {
    public var elementType: ElementType
    public var shape: Shape

    public init(_ elementType: ElementType, _ shape: Shape) {
        self.elementType = elementType
        self.shape = shape
    }

    public var elementCount: Int { shape.elementCount }
    public var byteCount: Int { elementCount * elementType.byteCount }

    public func with(shape: Shape) -> TensorType { TensorType(elementType, shape) }
    public func with(elementType: ElementType) -> TensorType { TensorType(elementType, shape) }
}

extension TensorType: CustomStringConvertible {
    public var description: String { "\(elementType.rawValue)\(shape)" }
}
