import CZlib
import Graph

/// The zlib functions that a zip archive needs.
enum Inflate {
    /// No deflate stream expands by more than this: 258 bytes take at least two bits.
    static let largestRatio = 1032

    /// zlib counts in 32 bits.
    private static let chunk = 1 << 30

    private static let crcPart = 1 << 24

    enum Failure: Error, Hashable {
        case outOfMemory
        case invalidStream
        case wrongSize
    }

    /// What a claim may be above the size of the stream before the stream has to prove it.
    private static let unprovenMargin = 1 << 20

    /// Whether the stream has to prove this claim.
    static func isFarAbove(_ size: Int, packed: Int) -> Bool { size > packed + unprovenMargin }

    /// Inflates a raw deflate stream to exactly `size` bytes; a stream that yields more or fewer is refused.
    ///
    /// Where a claim is much larger than the stream, the stream is unpacked once to nowhere first: a file's word alone
    /// gets no memory.
    static func inflate(_ compressed: ByteView, size: Int) -> Result<[UInt8], Failure> {
        if isFarAbove(size, packed: compressed.count), case .failure(let failure) = prove(compressed, size: size) {
            return .failure(failure)
        }
        // One byte more than declared, so that a longer stream shows itself.
        var output = [UInt8](repeating: 0, count: size + 1)
        let outcome = compressed.withUnsafeBytes { input in
            output.withUnsafeMutableBufferPointer { run(input.bindMemory(to: UInt8.self), $0, total: size + 1) }
        }
        switch outcome {
        case .failure(let failure): return .failure(failure)
        case .success((let consumed, let produced)):
            guard produced == size, consumed == compressed.count else { return .failure(.wrongSize) }
            output.removeLast()
            return .success(output)
        }
    }

    /// The first bytes that a stream yields, or fewer where there are no more.
    static func beginning(of compressed: ByteView, count: Int) -> Result<[UInt8], Failure> {
        var output = [UInt8](repeating: 0, count: count)
        let outcome = compressed.withUnsafeBytes { input in
            output.withUnsafeMutableBufferPointer { run(input.bindMemory(to: UInt8.self), $0, total: count) }
        }
        return outcome.map { _, produced in Array(output.prefix(produced)) }
    }

    /// Whether a stream yields exactly `size` bytes.
    private static func prove(_ compressed: ByteView, size: Int) -> Result<Void, Failure> {
        var window = [UInt8](repeating: 0, count: 1 << 16)
        let outcome = compressed.withUnsafeBytes { input in
            window.withUnsafeMutableBufferPointer { run(input.bindMemory(to: UInt8.self), $0, total: size + 1) }
        }
        return outcome.flatMap { consumed, produced in
            produced == size && consumed == compressed.count ? .success(()) : .failure(.wrongSize)
        }
    }

    /// - Parameters:
    ///   - output: where the bytes go, from its beginning again whenever it is full.
    ///   - total: no more bytes are asked of the stream.
    private static func run(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>, total: Int
    ) -> Result<(consumed: Int, produced: Int), Failure> {
        var stream = z_stream()
        // Negative window bits: no zlib header around the stream.
        let started = inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard started == Z_OK else { return .failure(.outOfMemory) }
        defer { inflateEnd(&stream) }
        var consumed = 0
        var produced = 0
        while true {
            let available = min(chunk, input.count - consumed)
            let place = produced % output.count
            let room = min(chunk, output.count - place, total - produced)
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)?.advanced(by: consumed)
            stream.avail_in = UInt32(available)
            stream.next_out = output.baseAddress?.advanced(by: place)
            stream.avail_out = UInt32(room)
            let code = CZlib.inflate(&stream, Z_NO_FLUSH)
            consumed += available - Int(stream.avail_in)
            produced += room - Int(stream.avail_out)
            switch code {
            case Z_STREAM_END: return .success((consumed, produced))
            case Z_OK: continue
            case Z_BUF_ERROR: return produced == total ? .success((consumed, produced)) : .failure(.wrongSize)
            case Z_MEM_ERROR: return .failure(.outOfMemory)
            default: return .failure(.invalidStream)
            }
        }
    }

    /// The CRC-32 of zip archives, of parts side by side.
    static func crc32(_ bytes: ByteView) -> UInt32 {
        let parts = (bytes.count + crcPart - 1) / crcPart
        guard parts > 1 else { return crc32(bytes, from: 0) }
        let sums = Parallel.map(parts) { part in
            let start = part * crcPart
            let count = min(crcPart, bytes.count - start)
            return (bytes.view(at: start, count: count).map { crc32($0, from: 0) } ?? 0, count)
        }
        return sums.reduce(0) { UInt32(truncatingIfNeeded: crc32_combine(UInt($0), UInt($1.0), $1.1)) }
    }

    /// Continues the CRC-32 of what came before these bytes.
    static func crc32(_ bytes: ByteView, from start: UInt32) -> UInt32 {
        bytes.withUnsafeBytes { buffer in
            var sum = UInt(start)
            var done = 0
            while done < buffer.count {
                let part = UnsafeRawBufferPointer(rebasing: buffer[done..<min(done + chunk, buffer.count)])
                sum = CZlib.crc32(sum, part.bindMemory(to: UInt8.self).baseAddress, UInt32(part.count))
                done += part.count
            }
            return UInt32(truncatingIfNeeded: sum)
        }
    }
}
