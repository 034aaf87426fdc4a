/// The element types with a fixed width, shared by the file formats.
enum ElementType: CaseIterable {
    case f32
    case f64
    case i32
    case i64
    case bool

    var byteWidth: Int {
        switch self {
        case .f32, .i32: 4
        case .f64, .i64: 8
        case .bool: 1
        }
    }

    /// The same among all types that files have.
    var numberType: NumberType {
        switch self {
        case .f32: .f32
        case .f64: .f64
        case .i32: .i32
        case .i64: .i64
        case .bool: .bool
        }
    }

    /// The elements that bytes hold, or nil where a truth value is neither 0 nor 1.
    func storage(of bytes: ArraySlice<UInt8>) -> HostTensor.Storage? {
        switch self {
        case .f32: return .f32(LittleEndian.values(Float.self, in: bytes))
        case .f64: return .f64(LittleEndian.values(Double.self, in: bytes))
        case .i32: return .i32(LittleEndian.values(Int32.self, in: bytes))
        case .i64: return .i64(LittleEndian.values(Int64.self, in: bytes))
        case .bool:
            guard bytes.allSatisfy({ $0 <= 1 }) else { return nil }
            return .bool(bytes.map { $0 == 1 })
        }
    }
}

extension HostTensor.Storage {
    /// The type of elements with a fixed width; nil for text.
    var elementType: ElementType? {
        switch self {
        case .f32: .f32
        case .f64: .f64
        case .i32: .i32
        case .i64: .i64
        case .bool: .bool
        case .text: nil
        }
    }

    /// The elements' bytes, little-endian; nil for text.
    var littleEndianBytes: [UInt8]? {
        switch self {
        case .f32(let values): LittleEndian.bytes(ofAll: values)
        case .f64(let values): LittleEndian.bytes(ofAll: values)
        case .i32(let values): LittleEndian.bytes(ofAll: values)
        case .i64(let values): LittleEndian.bytes(ofAll: values)
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .text: nil
        }
    }
}
