/// One token of the text format with its place in the file.
struct Token: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A run of name characters: a keyword, an operation, a number or a plain output name.
        case word
        /// `%name` or `%"name"`.
        case value
        /// `@name` or `@"name"`.
        case symbol
        /// `"text"`.
        case string
        case punctuation(Punctuation)
        /// Lines end instructions, so their ends are tokens.
        case newline
        case end
    }

    enum Punctuation: Character, Hashable, Sendable, CaseIterable {
        case equals = "="
        case comma = ","
        case colon = ":"
        case openBrace = "{"
        case closeBrace = "}"
        case openBracket = "["
        case closeBracket = "]"
    }

    var kind: Kind
    /// What the token stands for: a name without its sign and quotes, otherwise the characters of the file.
    var text: String
    /// Where the token starts, in bytes.
    var offset: Int

    /// The token as an error message shows it.
    var description: String {
        switch kind {
        case .word: "'\(text)'"
        case .value: NameText.value(text)
        case .symbol: NameText.symbol(text)
        case .string: "a string"
        case .punctuation(let punctuation): "'\(punctuation.rawValue)'"
        case .newline: "the end of the line"
        case .end: "the end of the file"
        }
    }
}

/// Cuts a text into tokens; the same for every level of the format.
///
/// Comments start with `//` where a token could start, and end with the line.
struct Lexer: Sendable {
    let source: SourceText
    private(set) var offset: Int

    init(_ source: SourceText, at offset: Int = 0) {
        self.source = source
        self.offset = offset
    }

    mutating func next() throws(Diagnostic) -> Token {
        skipBlanksAndComments()
        let start = offset
        guard let byte = byte(at: start) else { return Token(kind: .end, text: "", offset: start) }
        switch byte {
        case UInt8(ascii: "\n"):
            offset += 1
            return Token(kind: .newline, text: "\n", offset: start)
        case UInt8(ascii: "\""):
            return Token(kind: .string, text: try string(), offset: start)
        case UInt8(ascii: "%"):
            return Token(kind: .value, text: try name(), offset: start)
        case UInt8(ascii: "@"):
            return Token(kind: .symbol, text: try name(), offset: start)
        default:
            return try wordOrPunctuation(byte)
        }
    }

    private func byte(at index: Int) -> UInt8? {
        index < source.bytes.count ? source.bytes[index] : nil
    }

    private mutating func skipBlanksAndComments() {
        while let byte = byte(at: offset) {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                offset += 1
            case UInt8(ascii: "/") where self.byte(at: offset + 1) == UInt8(ascii: "/"):
                while let byte = self.byte(at: offset), byte != UInt8(ascii: "\n") { offset += 1 }
            default:
                return
            }
        }
    }

    private mutating func wordOrPunctuation(_ byte: UInt8) throws(Diagnostic) -> Token {
        let start = offset
        if let punctuation = Token.Punctuation(rawValue: Character(UnicodeScalar(byte))) {
            offset += 1
            return Token(kind: .punctuation(punctuation), text: String(punctuation.rawValue), offset: start)
        }
        guard NameText.isNameByte(byte) else {
            let following = source.text(start..<min(start + 16, source.bytes.count))
            throw source.error(
                "text.character", at: start, "the text", "unexpected character",
                found: NameText.quoted(String(following.prefix(1))))
        }
        return Token(kind: .word, text: nameCharacters(), offset: start)
    }

    private mutating func nameCharacters() -> String {
        let start = offset
        while let byte = byte(at: offset), NameText.isNameByte(byte) { offset += 1 }
        return source.text(start..<offset)
    }

    /// The name after a `%` or `@`.
    private mutating func name() throws(Diagnostic) -> String {
        let start = offset
        offset += 1
        let name = byte(at: offset) == UInt8(ascii: "\"") ? try string() : nameCharacters()
        if name.isEmpty { throw source.error("text.empty-name", at: start, "the text", "a name is not empty") }
        return name
    }

    /// The contents of a quoted string, which ends on its line.
    private mutating func string() throws(Diagnostic) -> String {
        let start = offset
        offset += 1
        var contents: [UInt8] = []
        while let byte = byte(at: offset), byte != UInt8(ascii: "\n") {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: contents, as: UTF8.self)
            case UInt8(ascii: "\\"): contents += try escape().utf8
            default: contents.append(byte)
            }
        }
        throw source.error("text.unterminated-string", at: start, "the text", "a string ends on its line with '\"'")
    }

    /// What a backslash and the characters after it stand for.
    private mutating func escape() throws(Diagnostic) -> String {
        let start = offset - 1
        let letter = byte(at: offset)
        offset += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            if let scalar = escapedScalar() { return String(Character(scalar)) }
        default: break
        }
        throw source.error(
            "text.escape", at: start, "the text", "unknown escape in a string",
            expected: #"one of \" \\ \n \r \t \u{hexadecimal}"#)
    }

    /// The scalar of `{1f600}`, of at most six digits.
    private mutating func escapedScalar() -> UnicodeScalar? {
        guard byte(at: offset) == UInt8(ascii: "{") else { return nil }
        let digits = source.bytes[(offset + 1)...].prefix(7).prefix { $0 != UInt8(ascii: "}") }
        guard byte(at: digits.endIndex) == UInt8(ascii: "}") else { return nil }
        offset = digits.endIndex + 1
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16).flatMap(UnicodeScalar.init)
    }
}
