/// A CRC-32 of pieces of bytes one after the other: finds damage and mix-ups, not malice.
public struct Checksum: Sendable, Hashable {
    private var value: UInt32 = 0

    public init() {}

    public mutating func append(_ bytes: [UInt8]) { append(ByteView(bytes)) }

    mutating func append(_ bytes: ByteView) { value = Inflate.crc32(bytes, from: value) }

    public mutating func append(_ text: String) { append(Array(text.utf8)) }

    /// Type, shape and elements.
    public mutating func append(_ tensor: HostTensor) {
        append("\(tensor.elementTypeName) \(tensor.shape)\n")
        append(tensor.storage.littleEndianBytes ?? [])
    }

    /// Eight hexadecimal digits.
    public var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
