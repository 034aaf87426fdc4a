/// The value of an attribute as it is written, before its meaning is known.
indirect enum AttributeSyntax: Sendable {
    case word(Token)
    /// `@name`, which refers to a blob.
    case reference(Token)
    /// `[a, b]`; the token is the opening bracket.
    case list([AttributeSyntax], Token)

    var token: Token {
        switch self {
        case .word(let token), .reference(let token), .list(_, let token): token
        }
    }
}

extension TextCursor {
    /// The attributes in braces, if there are any; `owner` is the instruction's operation.
    mutating func attributes(of owner: Token, known: [String]) throws(Diagnostic) -> AttributeReader {
        var values: [String: AttributeSyntax] = [:]
        if try skip(.openBrace), try !skip(.closeBrace) {
            repeat {
                let name = try expect(.word, "an attribute")
                try checkAttribute(name, of: owner, known: known, isRepeated: values[name.text] != nil)
                try expect(.equals)
                values[name.text] = try attributeValue(depth: 0)
            } while try skip(.comma)
            try expect(.closeBrace)
        }
        return AttributeReader(source: source, owner: owner, values: values)
    }

    private func checkAttribute(
        _ name: Token, of owner: Token, known: [String], isRepeated: Bool
    ) throws(Diagnostic) {
        guard known.contains(name.text) else {
            throw error(
                "text.unknown-attribute", at: name, owner.text, "no such attribute",
                expected: known.isEmpty ? "no attributes" : known.joined(separator: ", "), found: name.text)
        }
        if isRepeated {
            throw error("text.repeated-attribute", at: name, owner.text, "an attribute is given once", found: name.text)
        }
    }

    private mutating func attributeValue(depth: Int) throws(Diagnostic) -> AttributeSyntax {
        let token = current
        switch token.kind {
        case .word: return .word(try advance())
        case .symbol: return .reference(try advance())
        // Lists of lists are the deepest that any attribute needs.
        case .punctuation(.openBracket) where depth < 2:
            try advance()
            if try skip(.closeBracket) { return .list([], token) }
            let elements = try commaSeparated { cursor throws(Diagnostic) in
                try cursor.attributeValue(depth: depth + 1)
            }
            try expect(.closeBracket)
            return .list(elements, token)
        case .punctuation, .value, .string, .newline, .end:
            throw expected("the value of an attribute")
        }
    }
}

/// The attributes of one instruction, read by the meaning that the operation gives them.
struct AttributeReader: Sendable {
    let source: SourceText
    let owner: Token
    let values: [String: AttributeSyntax]

    func value(_ name: String) throws(Diagnostic) -> AttributeSyntax {
        guard let value = values[name] else {
            throw source.error(
                "text.missing-attribute", at: owner.offset, owner.text, "an attribute is missing", expected: name)
        }
        return value
    }

    func unfit(_ name: String, _ value: AttributeSyntax, expected: String) -> Diagnostic {
        let token = value.token
        return source.error(
            "text.attribute-value", at: token.offset, owner.text, "value of \(name)", expected: expected,
            found: token.description)
    }

    func integer(_ name: String) throws(Diagnostic) -> Int {
        try integer(name, try value(name))
    }

    private func integer(_ name: String, _ syntax: AttributeSyntax) throws(Diagnostic) -> Int {
        guard case .word(let token) = syntax else { throw unfit(name, syntax, expected: "an integer") }
        return try source.integer(token)
    }

    func integers(_ name: String) throws(Diagnostic) -> [Int] {
        try integers(name, try value(name))
    }

    private func integers(_ name: String, _ syntax: AttributeSyntax) throws(Diagnostic) -> [Int] {
        guard case .list(let elements, _) = syntax else {
            throw unfit(name, syntax, expected: "a list of integers such as [0,1]")
        }
        return try elements.map { element throws(Diagnostic) in try integer(name, element) }
    }

    func integerLists(_ name: String) throws(Diagnostic) -> [[Int]] {
        let syntax = try value(name)
        guard case .list(let lists, _) = syntax else { throw unfit(name, syntax, expected: "a list of lists of integers") }
        return try lists.map { list throws(Diagnostic) in try integers(name, list) }
    }

    /// Two lists of integers, one for each operand.
    func integerPair(_ name: String) throws(Diagnostic) -> (left: [Int], right: [Int]) {
        let syntax = try value(name)
        guard case .list(let lists, _) = syntax, lists.count == 2 else {
            throw unfit(name, syntax, expected: "two lists of integers such as [[0],[1]]")
        }
        return (try integers(name, lists[0]), try integers(name, lists[1]))
    }

    func flag(_ name: String) throws(Diagnostic) -> Bool {
        let syntax = try value(name)
        guard case .word(let token) = syntax, let flag = Bool(token.text) else {
            throw unfit(name, syntax, expected: "true or false")
        }
        return flag
    }

    /// One of the words that an enum spells.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(Diagnostic) -> Choice {
        let syntax = try value(name)
        guard case .word(let token) = syntax, let choice = Choice(rawValue: token.text) else {
            throw unfit(name, syntax, expected: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// The contents of a constant: a number, a list of numbers or a reference to a blob.
    func constant(
        _ name: String, _ type: ElementType, _ blobs: inout BlobReader
    ) throws(Diagnostic) -> Constant {
        switch try value(name) {
        case .word(let token): return .splat(try number(name, token, type))
        case .reference(let token): return .dense(try blobs.values(token))
        case .list(let elements, _):
            return .dense(
                try elements.map { element throws(Diagnostic) in
                    guard case .word(let token) = element else { throw unfit(name, element, expected: "a number") }
                    return try number(name, token, type)
                })
        }
    }

    private func number(_ name: String, _ token: Token, _ type: ElementType) throws(Diagnostic) -> Double {
        guard let number = NumberText.read(token.text, type) else {
            throw source.error(
                "text.number", at: token.offset, owner.text, "not a number of a constant",
                expected: type == .bool ? "true or false" : "a decimal number", found: token.description)
        }
        return number
    }
}
