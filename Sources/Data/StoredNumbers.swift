/// An array's numbers as double, each made when it is asked for: a few bytes of an archive may unpack to millions of them.
///
/// Whole numbers of more than 53 bits are rounded.
struct StoredNumbers: RandomAccessCollection, Sendable {
    let bytes: ByteView
    let type: NumberType
    let isBigEndian: Bool

    var startIndex: Int { 0 }
    var endIndex: Int { bytes.count / type.byteWidth }

    subscript(position: Int) -> Double {
        precondition(position >= 0 && position < endIndex)
        return bytes.withUnsafeBytes { type.number(in: $0, at: position * type.byteWidth, isBigEndian: isBigEndian) }
    }
}

extension StoredNumbers {
    init(_ numbers: [Double]) {
        self.init(bytes: ByteView(LittleEndian.bytes(ofAll: numbers)), type: .f64, isBigEndian: false)
    }
}

extension NumberType {
    /// The number at a place of a buffer that has it.
    func number(in buffer: UnsafeRawBufferPointer, at offset: Int, isBigEndian: Bool) -> Double {
        func bits<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
            let value = buffer.loadUnaligned(fromByteOffset: offset, as: type)
            return isBigEndian ? value.byteSwapped : value
        }
        switch self {
        case .f16: return Self.half(bits(UInt16.self))
        case .f32: return Double(Float(bitPattern: bits(UInt32.self)))
        case .f64: return Double(bitPattern: bits(UInt64.self))
        case .i8: return Double(bits(Int8.self))
        case .i16: return Double(bits(Int16.self))
        case .i32: return Double(bits(Int32.self))
        case .i64: return Double(bits(Int64.self))
        case .u8: return Double(bits(UInt8.self))
        case .u16: return Double(bits(UInt16.self))
        case .u32: return Double(bits(UInt32.self))
        case .u64: return Double(bits(UInt64.self))
        case .bool: return bits(UInt8.self) == 0 ? 0 : 1
        }
    }

    /// Float16 does not exist on every machine.
    private static func half(_ bits: UInt16) -> Double {
        let sign: Double = bits >> 15 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 31)
        let fraction = Double(bits & 1023) / 1024
        switch exponent {
        case 0: return sign * fraction * 0x1p-14
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}
