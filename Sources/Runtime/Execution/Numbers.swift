import Graph

/// The elements of a tensor in memory as doubles, read where they lie.
struct Numbers {
    private let bytes: UnsafeRawBufferPointer
    private let elementType: ElementType
    let count: Int

    init(_ bytes: UnsafeRawBufferPointer, _ type: TensorType) {
        self.bytes = bytes
        elementType = type.elementType
        count = type.elementCount
    }

    subscript(index: Int) -> Double {
        switch elementType {
        case .f32: Double(bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self))
        case .f64: bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
        case .i32: Double(bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
        case .bool: bytes[index] == 0 ? 0 : 1
        }
    }

    /// The position of an element in each axis.
    static func position(_ index: Int, in shape: Shape) -> [Int] {
        var (rest, position) = (index, [Int]())
        for size in shape.dimensions.reversed() {
            position.append(rest % size)
            rest /= size
        }
        return position.reversed()
    }
}
