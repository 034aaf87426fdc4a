/// Bytes that protocol 2 keeps as a text, each as the character of its number, in UTF-8.
enum LatinText {
    private static let chunk = 1 << 22

    /// The bytes; nil where there is another character, or not this many.
    ///
    /// Gives the file's memory back on its way: text and bytes are never in memory both.
    static func bytes(of text: ByteView, count: Int) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var start = 0
        while start < text.count {
            var length = min(chunk, text.count - start)
            // A character of two bytes stays in one piece.
            if start + length < text.count, text[start + length - 1] >= 0xc0 { length -= 1 }
            guard length > 0, let part = text.view(at: start, count: length),
                part.withUnsafeBytes({ append($0, to: &result) }), result.count <= count
            else { return nil }
            part.release()
            start += length
        }
        return result.count == count ? result : nil
    }

    /// How many characters a text has.
    static func count(_ text: ByteView) -> Int { text.count { $0 & 0xc0 != 0x80 } }

    private static func append(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) -> Bool {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x80 {
                bytes.append(byte)
                index += 1
                continue
            }
            guard byte == 0xc2 || byte == 0xc3, index + 1 < text.count, text[index + 1] & 0xc0 == 0x80 else { return false }
            bytes.append((byte & 3) << 6 | text[index + 1] & 0x3f)
            index += 2
        }
        return true
    }
}
