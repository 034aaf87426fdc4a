import CZlib
import Graph

/// The two zlib functions that a zip archive needs; the only code here that hands out pointers.
enum Inflate {
    /// No deflate stream expands by more than this: 258 bytes take at least two bits.
    static let largestRatio = 1032

    /// zlib counts in 32 bits.
    private static let chunk = 1 << 30

    enum Failure: Error, Hashable {
        case outOfMemory
        case invalidStream
        case wrongSize
    }

    /// Inflates a raw deflate stream to exactly `size` bytes; a stream that yields more or fewer is refused.
    static func inflate(_ compressed: ArraySlice<UInt8>, size: Int) -> Result<[UInt8], Failure> {
        // One byte more than declared, so that a longer stream shows itself.
        var output = [UInt8](repeating: 0, count: size + 1)
        let outcome = compressed.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { run(input, $0) }
        }
        switch outcome {
        case .failure(let failure): return .failure(failure)
        case .success((let consumed, let produced)):
            guard produced == size, consumed == compressed.count else { return .failure(.wrongSize) }
            output.removeLast()
            return .success(output)
        }
    }

    private static func run(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
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
            let room = min(chunk, output.count - produced)
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)?.advanced(by: consumed)
            stream.avail_in = UInt32(available)
            stream.next_out = output.baseAddress?.advanced(by: produced)
            stream.avail_out = UInt32(room)
            let code = CZlib.inflate(&stream, Z_NO_FLUSH)
            consumed += available - Int(stream.avail_in)
            produced += room - Int(stream.avail_out)
            switch code {
            case Z_STREAM_END: return .success((consumed, produced))
            case Z_OK: continue
            case Z_BUF_ERROR: return .failure(.wrongSize)
            case Z_MEM_ERROR: return .failure(.outOfMemory)
            default: return .failure(.invalidStream)
            }
        }
    }

    /// The CRC-32 of zip archives.
    static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { buffer in
            var sum = CZlib.crc32(0, nil, 0)
            var done = 0
            while done < buffer.count {
                let count = min(chunk, buffer.count - done)
                sum = CZlib.crc32(sum, buffer.baseAddress?.advanced(by: done), UInt32(count))
                done += count
            }
            return UInt32(truncatingIfNeeded: sum)
        }
    }
}
