/// Walks over the tokens of a file, one token of lookahead; the parsers of all levels are written in its terms.
struct TextCursor: Sendable {
    let source: SourceText
    private var lexer: Lexer
    private(set) var current: Token

    init(_ source: SourceText, at offset: Int = 0) throws(Diagnostic) {
        self.source = source
        lexer = Lexer(source, at: offset)
        current = try lexer.next()
    }

    /// Steps over the current token and returns it.
    @discardableResult
    mutating func advance() throws(Diagnostic) -> Token {
        let token = current
        current = try lexer.next()
        return token
    }

    // MARK: Errors

    func error(
        _ id: String, at token: Token, _ subject: String, _ message: String,
        expected: String? = nil, found: String? = nil, kind: Diagnostic.Kind = .userError
    ) -> Diagnostic {
        source.error(id, at: token.offset, subject, message, expected: expected, found: found, kind: kind)
    }

    func expected(_ what: String) -> Diagnostic {
        error(
            "text.expected", at: current, "the text", "something else must stand here", expected: what,
            found: current.description)
    }

    // MARK: Tokens

    func isAt(_ punctuation: Token.Punctuation) -> Bool {
        current.kind == .punctuation(punctuation)
    }

    func isAtWord(_ word: String) -> Bool {
        current.kind == .word && current.text == word
    }

    /// Steps over the punctuation if it stands here.
    mutating func skip(_ punctuation: Token.Punctuation) throws(Diagnostic) -> Bool {
        guard isAt(punctuation) else { return false }
        try advance()
        return true
    }

    /// Steps over the word if it stands here.
    mutating func skipWord(_ word: String) throws(Diagnostic) -> Bool {
        guard isAtWord(word) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ punctuation: Token.Punctuation) throws(Diagnostic) {
        guard try skip(punctuation) else { throw expected("'\(punctuation.rawValue)'") }
    }

    mutating func expectWord(_ word: String) throws(Diagnostic) {
        guard try skipWord(word) else { throw expected("'\(word)'") }
    }

    /// A token of one kind; `what` names its meaning in the error message.
    mutating func expect(_ kind: Token.Kind, _ what: String) throws(Diagnostic) -> Token {
        guard current.kind == kind else { throw expected(what) }
        return try advance()
    }

    /// A plain or quoted name without a sign.
    mutating func name(_ what: String) throws(Diagnostic) -> Token {
        current.kind == .string ? try advance() : try expect(.word, what)
    }

    mutating func commaSeparated<Element>(
        _ element: (inout TextCursor) throws(Diagnostic) -> Element
    ) throws(Diagnostic) -> [Element] {
        var elements = [try element(&self)]
        while try skip(.comma) { elements.append(try element(&self)) }
        return elements
    }

    // MARK: Lines

    mutating func endLine() throws(Diagnostic) {
        if current.kind == .end { return }
        _ = try expect(.newline, "the end of the line")
    }

    mutating func skipEmptyLines() throws(Diagnostic) {
        while current.kind == .newline { try advance() }
    }

    // MARK: Numbers and types

    /// A type such as `f32[8,16]`, checked against the rules that all types obey.
    mutating func tensorType() throws(Diagnostic) -> TensorType {
        let start = try expect(.word, "a type such as f32[8,16]")
        guard let elementType = ElementType(rawValue: start.text) else {
            throw error(
                "text.unknown-type", at: start, start.text, "no such element type",
                expected: ElementType.allCases.map(\.rawValue).joined(separator: ", "))
        }
        try expect(.openBracket)
        var extents: [Int] = []
        if !isAt(.closeBracket) {
            extents = try commaSeparated { cursor throws(Diagnostic) in
                try cursor.source.integer(try cursor.expect(.word, "an extent"))
            }
        }
        try expect(.closeBracket)
        let type = TensorType(elementType, Shape(extents))
        try source.locating(start.offset) { () throws(Diagnostic) in try checkType(type) }
        return type
    }
}
