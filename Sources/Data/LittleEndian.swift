/// Little-endian numbers in bytes, the only byte order of the formats that are read and written here.
enum LittleEndian {
    /// The unsigned integer at a distance from the first byte, or nil where the bytes end before it does.
    static func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type, at offset: Int, in bytes: some RandomAccessCollection<UInt8>
    ) -> Value? {
        let width = Value.bitWidth / 8
        guard offset >= 0, offset <= bytes.count, width <= bytes.count - offset else { return nil }
        var value: Value = 0
        for (position, byte) in bytes.dropFirst(offset).prefix(width).enumerated() {
            value |= Value(byte) << Value(8 * position)
        }
        return value
    }

    /// The same for views, of which there are many.
    static func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type, at offset: Int, in bytes: ByteView
    ) -> Value? {
        bytes.view(at: offset, count: Value.bitWidth / 8)?.withUnsafeBytes {
            Value(littleEndian: $0.loadUnaligned(as: type))
        }
    }

    /// An integer's bytes, lowest first.
    static func bytes<Value: FixedWidthInteger & UnsignedInteger>(of value: Value) -> [UInt8] {
        (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> Value(8 * $0)) }
    }

    /// The numbers that bytes hold; the machine is taken to be little-endian itself.
    static func values<Value: Numeric & BitwiseCopyable>(
        _ type: Value.Type, in bytes: ArraySlice<UInt8>
    ) -> [Value] {
        let width = MemoryLayout<Value>.stride
        let whole = bytes.prefix(bytes.count / width * width)
        var values = [Value](repeating: .zero, count: bytes.count / width)
        values.withUnsafeMutableBytes { $0.copyBytes(from: whole) }
        return values
    }

    /// The bytes of numbers, in their order.
    static func bytes<Value: Numeric & BitwiseCopyable>(ofAll values: [Value]) -> [UInt8] {
        values.withUnsafeBytes { [UInt8]($0) }
    }
}
