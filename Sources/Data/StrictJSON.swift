import Graph

/// The part of JSON that the headers of safetensors files need, read from beginning to end: objects, arrays, texts and whole
/// numbers.
///
/// Nothing is kept of what was read: a tree of all values would be many times the text.
struct StrictJSON {
    private let bytes: ArraySlice<UInt8>
    private let path: String
    private var position: Int

    /// Deeper values are refused: every level takes some of the stack.
    private static let deepest = 8
    /// Arrays are shapes and pairs of offsets.
    private static let longestArray = 64

    /// Refuses a text that is anything but one value, which spaces may follow; repeated keys are left to the reader.
    init(_ bytes: ArraySlice<UInt8>, path: String) throws(Diagnostic) {
        self.bytes = bytes
        self.path = path
        position = bytes.startIndex
        try skip(depth: 0)
        skipSpaces()
        guard position == bytes.endIndex else { throw failure }
        position = bytes.startIndex
    }

    private var failure: Diagnostic {
        Diagnostic(
            "safetensors.json", path, "the header is not the JSON that the format allows",
            expected: "an object of tensors, without repeated keys, fractions or escapes that say nothing"
        ).at(byte: position - bytes.startIndex)
    }

    private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private mutating func skipSpaces() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skip(depth: Int) throws(Diagnostic) {
        guard depth < Self.deepest else { throw failure }
        if try members({ (json, _, _) throws(Diagnostic) in try json.skip(depth: depth + 1) }) { return }
        if try elements({ (json) throws(Diagnostic) in try json.skip(depth: depth + 1) }) { return }
        if try text() == nil { _ = try integer() }
    }

    // MARK: Values

    /// Has each member of an object read, given its key and where the key's text begins; false where the next value is none.
    mutating func members(
        _ read: (_ json: inout StrictJSON, _ key: String, _ offset: Int) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> Bool {
        guard take("{") else { return false }
        if take("}") { return true }
        repeat {
            guard take("\"") else { throw failure }
            let start = position
            let key = try string()
            guard take(":") else { throw failure }
            try read(&self, key, start - bytes.startIndex)
        } while take(",")
        guard take("}") else { throw failure }
        return true
    }

    private mutating func elements(_ read: (_ json: inout StrictJSON) throws(Diagnostic) -> Void) throws(Diagnostic) -> Bool {
        guard take("[") else { return false }
        if take("]") { return true }
        var count = 0
        repeat {
            guard count < Self.longestArray else { throw failure }
            try read(&self)
            count += 1
        } while take(",")
        guard take("]") else { throw failure }
        return true
    }

    /// The next value; nil where it is no text.
    mutating func text() throws(Diagnostic) -> String? { take("\"") ? try string() : nil }

    /// The next value; nil where it is no array of whole numbers, of which some may have been read.
    mutating func integers() throws(Diagnostic) -> [Int]? {
        var integers: [Int] = []
        var areAll = true
        let isArray = try elements { (json) throws(Diagnostic) in
            json.skipSpaces()
            guard let byte = json.next, byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) else {
                areAll = false
                return try json.skip(depth: 0)
            }
            integers.append(try json.integer())
        }
        return isArray && areAll ? integers : nil
    }

    private mutating func integer() throws(Diagnostic) -> Int {
        skipSpaces()
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        let startsWithZero = firstDigit < position && bytes[firstDigit] == 0x30
        guard
            !startsWithZero || position == firstDigit + 1,
            let value = Int(String(decoding: bytes[start..<position], as: UTF8.self))
        else { throw failure }
        return value
    }

    // MARK: texts

    /// The rest of a text after its opening quote.
    private mutating func string() throws(Diagnostic) -> String {
        var content: [UInt8] = []
        while let byte = next, byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure }
                return text
            case UInt8(ascii: "\\"): content += try escaped()
            default: content.append(byte)
            }
        }
        throw failure
    }

    private mutating func escaped() throws(Diagnostic) -> [UInt8] {
        guard let byte = next else { throw failure }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try escapedScalar())).utf8)
        default: throw failure
        }
    }

    private mutating func escapedScalar() throws(Diagnostic) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // Half of a pair: the other half must follow.
        guard (0xd800..<0xdc00).contains(first), next == UInt8(ascii: "\\") else { throw failure }
        position += 1
        guard next == UInt8(ascii: "u") else { throw failure }
        position += 1
        let second = try hexadecimal()
        guard
            (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw failure }
        return scalar
    }

    private mutating func hexadecimal() throws(Diagnostic) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        // `UInt16(_:radix:)` would take a sign.
        guard
            digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw failure }
        position += 4
        return value
    }
}

extension String {
    /// The text as a JSON literal, with its quotes.
    var jsonLiteral: String {
        var literal = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}
