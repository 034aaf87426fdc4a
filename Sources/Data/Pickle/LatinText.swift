/// Bytes that protocol 2 keeps as a text, each as the character of its number, in UTF-8.
enum LatinText {
    private static let chunk = 1 << 22

    /// The bytes; nil where there is another character, or not this many.
    ///
    /// Gives the file's memory back on its way: text and bytes are never in memory both.
    static func bytes(of text: ByteView, count: Int) -> [UInt8]? {
        let result = [UInt8](unsafeUninitializedCapacity: count) { output, written in
            var start = 0
            while start < text.count {
                var length = min(chunk, text.count - start)
                // A character of two bytes stays in one piece.
                if start + length < text.count, text[start + length - 1] >= 0xc0 { length -= 1 }
                guard length > 0, let part = text.view(at: start, count: length),
                    part.withUnsafeBytes({ decode($0, to: output, &written) })
                else { return }
                part.release()
                start += length
            }
            // A text that goes wrong, or on, after as many bytes as there should be.
            if start < text.count { written = 0 }
        }
        return result.count == count && (count > 0 || text.isEmpty) ? result : nil
    }

    /// How many characters a text has.
    static func count(_ text: ByteView) -> Int { text.count { $0 & 0xc0 != 0x80 } }

    /// Appends the bytes of a part; false where it has another character, or more than fit.
    private static func decode(
        _ text: UnsafeRawBufferPointer, to output: UnsafeMutableBufferPointer<UInt8>, _ written: inout Int
    ) -> Bool {
        var index = 0
        var place = written
        while index < text.count {
            guard place < output.count else { return false }
            let byte = text[index]
            if byte < 0x80 {
                output[place] = byte
                index += 1
            } else {
                guard byte == 0xc2 || byte == 0xc3, index + 1 < text.count, text[index + 1] & 0xc0 == 0x80 else { return false }
                output[place] = (byte & 3) << 6 | text[index + 1] & 0x3f
                index += 2
            }
            place += 1
        }
        written = place
        return true
    }
}
