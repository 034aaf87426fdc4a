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
        var wrong: UInt8 = 0
        // Without branches: whether a byte begins a character of two is as good as random.
        while index < text.count, place < output.count {
            let first = text[index]
            let isWide = first >> 7
            let mask = 0 &- isWide
            let next = min(index + Int(isWide), text.count - 1)
            let second = text[next] & mask
            // A wide character is 110000xx 10xxxxxx; at the end of the text, its second byte is the first one, and refused.
            wrong |= ((first & 0xfc ^ 0xc0) | (second & 0xc0 ^ 0x80)) & mask
            // 0xc0 and 0xc1 begin nothing: their characters have one byte.
            wrong |= isWide & ~(first >> 1)
            output[place] = isWide == 0 ? first : (first & 3) << 6 | second & 0x3f
            index += 1 + Int(isWide)
            place += 1
        }
        written = place
        return wrong == 0 && index == text.count
    }
}
