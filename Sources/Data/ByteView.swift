/// Bytes where they lie, in a mapped file or in an array: views of parts copy nothing.
struct ByteView: Sendable {
    private enum Owner: Sendable {
        case file(MappedFile)
        case bytes([UInt8])
        case floats([Float])
    }

    private let owner: Owner
    /// Within the owner's bytes, always inside them.
    private let range: Range<Int>

    init(_ file: MappedFile) {
        owner = .file(file)
        range = 0..<file.count
    }

    init(_ bytes: [UInt8]) {
        owner = .bytes(bytes)
        range = 0..<bytes.count
    }

    init(_ floats: [Float]) {
        owner = .floats(floats)
        range = 0..<(floats.count * MemoryLayout<Float>.size)
    }

    private init(_ owner: Owner, _ range: Range<Int>) {
        self.owner = owner
        self.range = range
    }

    /// The bytes at a place; nil where they do not all lie within.
    func view(at offset: Int, count wanted: Int) -> ByteView? {
        guard offset >= 0, wanted >= 0, offset <= count, wanted <= count - offset else { return nil }
        let start = range.lowerBound + offset
        return ByteView(owner, start..<(start + wanted))
    }

    /// All bytes in an array.
    func copy() -> [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// The bytes as memory, valid within the body only.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch owner {
        case .file(let file): withExtendedLifetime(file) { body(file.buffer(range)) }
        case .bytes(let bytes): bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        case .floats(let floats): floats.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
    }

    /// Lets the system take the memory of these bytes back, where a file has them too.
    func release() {
        if case .file(let file) = owner { file.release(range) }
    }
}

extension ByteView: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { range.count }

    subscript(position: Int) -> UInt8 {
        precondition(indices.contains(position))
        switch owner {
        case .file(let file): return file.buffer(range)[position]
        case .bytes(let bytes): return bytes[range.lowerBound + position]
        case .floats: return withUnsafeBytes { $0[position] }
        }
    }
}
