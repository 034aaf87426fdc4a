/// A JSON text with its value and the places of the outermost keys, so that messages can point at them.
public struct JSONDocument: Hashable, Sendable {
    public let file: String
    public let value: JSONValue
    private let bytes: [UInt8]
    private let keyOffsets: [String: Int]

    /// Reads a whole text.
    ///
    /// Stricter than most readers: no trailing commas, no repeated keys, no numbers beyond f64, at most 64 levels.
    public init(_ bytes: [UInt8], file: String) throws(Diagnostic) {
        var parser = JSONParser(bytes: bytes, file: file)
        value = try parser.document()
        keyOffsets = parser.outermostKeys
        self.file = file
        self.bytes = bytes
    }

    /// Where an outermost key stands.
    package func location(ofKey key: String) -> SourceLocation? {
        keyOffsets[key].map { JSONParser(bytes: bytes, file: file).location(of: $0) }
    }
}

/// Reads JSON (RFC 8259) byte by byte; nothing in the text can make it trap.
private struct JSONParser {
    let bytes: [UInt8]
    let file: String
    var position = 0
    var outermostKeys: [String: Int] = [:]

    /// Deeper values are refused: every level takes some of the stack.
    private static let deepest = 64

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    mutating func document() throws(Diagnostic) -> JSONValue {
        let value = try value(depth: 0)
        skipSpaces()
        guard position == bytes.count else { throw failure("text after the value", expected: "the end") }
        return value
    }

    // MARK: Messages

    func location(of offset: Int) -> SourceLocation {
        let start = (bytes[..<offset].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
        let end = bytes[offset...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } ?? bytes.count
        let line = bytes[..<start].count { $0 == UInt8(ascii: "\n") } + 1
        let before = String(decoding: bytes[start..<offset], as: UTF8.self)
        return SourceLocation(
            file: file, line: line, column: before.count + 1,
            lineText: String(decoding: bytes[start..<end], as: UTF8.self))
    }

    private func failure(_ message: String, expected: String? = nil, at offset: Int? = nil) -> Diagnostic {
        let place = min(offset ?? position, bytes.count)
        let found = place < bytes.count ? nil : "the end of the text"
        return Diagnostic("json.syntax", file, message, expected: expected, found: found, location: location(of: place))
    }

    // MARK: Values

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpaces() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Diagnostic) -> JSONValue {
        guard depth < Self.deepest else { throw failure("the value is nested more than \(Self.deepest) levels deep") }
        if take("{") { return .object(try members(depth: depth)) }
        if take("[") { return .array(try elements(depth: depth)) }
        if take("\"") { return .string(try string()) }
        let start = position
        let word = bytes[start...].prefix { ![0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x3a, 0x5d, 0x7d].contains($0) }
        position += word.count
        switch String(decoding: word, as: UTF8.self) {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        case let text: return try number(text, start)
        }
    }

    private mutating func members(depth: Int) throws(Diagnostic) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if take("}") { return members }
        repeat {
            guard take("\"") else { throw failure("a key is missing", expected: "a text in double quotes") }
            let start = position - 1
            let key = try string()
            guard members[key] == nil else { throw failure("the key \"\(key)\" stands twice", at: start) }
            guard take(":") else { throw failure("the value of \"\(key)\" is missing", expected: "a colon") }
            if depth == 0 { outermostKeys[key] = start }
            members[key] = try value(depth: depth + 1)
        } while take(",")
        guard take("}") else { throw failure("the object does not end", expected: "a comma or }") }
        return members
    }

    private mutating func elements(depth: Int) throws(Diagnostic) -> [JSONValue] {
        var elements: [JSONValue] = []
        if take("]") { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw failure("the list does not end", expected: "a comma or ]") }
        return elements
    }

    private func number(_ text: String, _ start: Int) throws(Diagnostic) -> JSONValue {
        guard Self.isNumber(text.utf8) else {
            throw failure(
                "this is no JSON value", expected: "an object, list, text, number, true, false or null", at: start)
        }
        if let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw failure("the number is too large", at: start) }
        return .number(value)
    }

    /// A sign, digits without zeros in front, a fraction, an exponent. A regular expression takes 50 times as long.
    private static func isNumber(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        func takeDigits() -> Int {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest[digits.endIndex...]
            return digits.count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let digits = takeDigits()
        guard digits == 1 || digits > 1 && !startsWithZero else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard takeDigits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard takeDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    // MARK: Strings

    /// The rest of a string after its opening quote.
    private mutating func string() throws(Diagnostic) -> String {
        let start = position - 1
        var content: [UInt8] = []
        while let byte = next, byte >= 0x20 {
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw failure("the text is not UTF-8", at: start)
                }
                return text
            }
            if byte == UInt8(ascii: "\\") { content += try escape() } else { content.append(byte) }
        }
        throw failure("the text does not end on its line", expected: "a double quote", at: start)
    }

    private mutating func escape() throws(Diagnostic) -> [UInt8] {
        let start = position - 1
        guard let letter = next else { throw failure("an escape is cut short", at: start) }
        position += 1
        switch Character(Unicode.Scalar(letter)) {
        case "\"", "\\", "/": return [letter]
        case "b": return [0x08]
        case "f": return [0x0c]
        case "n": return [0x0a]
        case "r": return [0x0d]
        case "t": return [0x09]
        case "u":
            guard let scalar = escapedScalar() else {
                throw failure("the escape is no character", expected: "\\u and four hexadecimal digits", at: start)
            }
            return Array(String(Character(scalar)).utf8)
        case _: throw failure("there is no such escape", at: start)
        }
    }

    private mutating func escapedScalar() -> Unicode.Scalar? {
        guard let first = hexadecimal() else { return nil }
        if let scalar = Unicode.Scalar(first) { return scalar }
        // Half of a surrogate pair: the other half must follow.
        guard (0xd800..<0xdc00).contains(first), bytes[position...].starts(with: Array("\\u".utf8)) else { return nil }
        position += 2
        guard let second = hexadecimal(), (0xdc00..<0xe000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    }

    private mutating func hexadecimal() -> UInt32? {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        position += 4
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
