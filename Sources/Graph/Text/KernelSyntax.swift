// Pieces of syntax that the two lower levels share.

extension TextCursor {
    /// One of the words that an enum spells.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) throws(Diagnostic) -> Choice {
        guard current.kind == .word, let choice = Choice(rawValue: current.text) else {
            throw expected("one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        try advance()
        return choice
    }

    /// The lines between braces; each starts where `line` is called, and ends where that returns.
    mutating func block(_ line: (inout TextCursor) throws(Diagnostic) -> Void) throws(Diagnostic) {
        try expect(.openBrace)
        try endLine()
        try skipEmptyLines()
        while try !skip(.closeBrace) {
            try line(&self)
            try endLine()
            try skipEmptyLines()
        }
    }
}

extension AttributeReader {
    /// A name such as `@name`, if the attribute is given.
    func symbol(_ name: String) throws(Diagnostic) -> String? {
        guard let value = values[name] else { return nil }
        guard case .reference(let token) = value else { throw unfit(name, value, expected: "a name such as @name") }
        return token.text
    }
}
