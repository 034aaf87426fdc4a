import Graph

/// The part of JSON that file headers need: objects without repeated keys, arrays, texts and whole numbers.
enum StrictJSON: Hashable {
    case object([Member])
    case array([StrictJSON])
    case text(String)
    case integer(Int)

    struct Member: Hashable {
        var key: String
        var value: StrictJSON
        /// Where the key's text begins.
        var offset: Int
    }

    /// Why a text was refused, and where.
    struct Failure: Error, Hashable {
        enum Rule: Hashable {
            case syntax
            case repeatedKey(String)
        }

        var rule: Rule
        var offset: Int
    }

    /// Reads a whole text; spaces may follow the value.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(Failure) -> StrictJSON {
        var parser = StrictJSONParser(bytes: bytes, position: bytes.startIndex)
        return try parser.whole()
    }
}

private struct StrictJSONParser {
    let bytes: ArraySlice<UInt8>
    var position: Int

    /// Deeper values are refused: every level takes some of the stack.
    private static let deepest = 8
    /// Arrays are shapes and pairs of offsets.
    private static let longestArray = 64

    mutating func whole() throws(StrictJSON.Failure) -> StrictJSON {
        let value = try value(depth: 0)
        skipSpaces()
        guard position == bytes.endIndex else { throw syntaxFailure }
        return value
    }

    private var syntaxFailure: StrictJSON.Failure {
        StrictJSON.Failure(rule: .syntax, offset: position - bytes.startIndex)
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

    private mutating func value(depth: Int) throws(StrictJSON.Failure) -> StrictJSON {
        guard depth < StrictJSONParser.deepest else { throw syntaxFailure }
        if take("{") { return .object(try members(depth: depth)) }
        if take("[") { return .array(try elements(depth: depth)) }
        if take("\"") { return .text(try text()) }
        return .integer(try integer())
    }

    private mutating func members(depth: Int) throws(StrictJSON.Failure) -> [StrictJSON.Member] {
        var members: [StrictJSON.Member] = []
        var keys: Set<String> = []
        if take("}") { return members }
        repeat {
            guard take("\"") else { throw syntaxFailure }
            let start = position
            let key = try text()
            guard keys.insert(key).inserted else {
                throw StrictJSON.Failure(rule: .repeatedKey(key), offset: start - bytes.startIndex)
            }
            guard take(":") else { throw syntaxFailure }
            members.append(StrictJSON.Member(key: key, value: try value(depth: depth + 1), offset: start - bytes.startIndex))
        } while take(",")
        guard take("}") else { throw syntaxFailure }
        return members
    }

    private mutating func elements(depth: Int) throws(StrictJSON.Failure) -> [StrictJSON] {
        var elements: [StrictJSON] = []
        if take("]") { return elements }
        repeat {
            guard elements.count < StrictJSONParser.longestArray else { throw syntaxFailure }
            elements.append(try value(depth: depth + 1))
        } while take(",")
        guard take("]") else { throw syntaxFailure }
        return elements
    }

    private mutating func integer() throws(StrictJSON.Failure) -> Int {
        skipSpaces()
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        let startsWithZero = firstDigit < position && bytes[firstDigit] == 0x30
        guard
            !startsWithZero || position == firstDigit + 1,
            let value = Int(String(decoding: bytes[start..<position], as: UTF8.self))
        else { throw syntaxFailure }
        return value
    }

    // MARK: texts

    /// The rest of a text after its opening quote.
    private mutating func text() throws(StrictJSON.Failure) -> String {
        var content: [UInt8] = []
        while let byte = next, byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw syntaxFailure }
                return text
            case UInt8(ascii: "\\"): content += try escaped()
            default: content.append(byte)
            }
        }
        throw syntaxFailure
    }

    private mutating func escaped() throws(StrictJSON.Failure) -> [UInt8] {
        guard let byte = next else { throw syntaxFailure }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try escapedScalar())).utf8)
        default: throw syntaxFailure
        }
    }

    private mutating func escapedScalar() throws(StrictJSON.Failure) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // Half of a pair: the other half must follow.
        guard (0xd800..<0xdc00).contains(first), next == UInt8(ascii: "\\") else { throw syntaxFailure }
        position += 1
        guard next == UInt8(ascii: "u") else { throw syntaxFailure }
        position += 1
        let second = try hexadecimal()
        guard
            (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xd800) << 10 + (UInt32(second) - 0xdc00))
        else { throw syntaxFailure }
        return scalar
    }

    private mutating func hexadecimal() throws(StrictJSON.Failure) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        // `UInt16(_:radix:)` would take a sign.
        guard
            digits.count == 4, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw syntaxFailure }
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
