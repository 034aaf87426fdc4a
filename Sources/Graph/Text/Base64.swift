/// Bytes as text in the standard alphabet with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = 0
            for position in 0..<3 { bits = bits << 8 | (position < group.count ? Int(group[start + position]) : 0) }
            for position in 0..<4 {
                let digit = alphabet[bits >> (18 - 6 * position) & 63]
                text.append(position <= group.count ? digit : padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil if the text is not exactly what `encode` writes: each content has one spelling only.
    static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count % 4 == 0 else { return nil }
        let padded = characters.suffix(2).reversed().prefix { $0 == padding }.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 4 * 3)
        for start in stride(from: 0, to: characters.count, by: 4) {
            let missing = start + 4 == characters.count ? padded : 0
            var bits = 0
            for position in 0..<4 {
                let digit = position < 4 - missing ? value(characters[start + position]) : 0
                guard let digit else { return nil }
                bits = bits << 6 | digit
            }
            let unused = (1 << (8 * missing)) - 1
            guard bits & unused == 0 else { return nil }
            for position in 0..<(3 - missing) { bytes.append(UInt8(bits >> (16 - 8 * position) & 255)) }
        }
        return bytes
    }

    private static func value(_ character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
