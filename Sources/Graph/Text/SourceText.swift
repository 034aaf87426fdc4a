/// The bytes of a text file, and the way from an offset in it to a line and a column.
struct SourceText: Sendable {
    let file: String
    let bytes: [UInt8]

    init(_ text: String, file: String) {
        self.file = file
        bytes = Array(text.utf8)
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The line and column of an offset; computed from the start of the file, because only errors ask for it.
    func location(_ offset: Int) -> SourceLocation {
        let end = min(offset, bytes.count)
        var line = 1
        var lineStart = 0
        for index in 0..<end where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        let lineEnd = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let column = text(lineStart..<end).count + 1
        return SourceLocation(
            file: file, line: line, column: column, lineText: excerpt(lineStart..<lineEnd, column: column))
    }

    /// The line as a message shows it: without tabs, so that the caret stands right, and never endless.
    private func excerpt(_ range: Range<Int>, column: Int) -> String {
        let longest = 200
        guard column <= longest else { return "" }
        let line = text(range).prefix(longest + 40)
        return String(line.map { $0 == "\t" || $0 == "\r" ? " " : $0 }).trimmingTrailingSpaces()
    }

    /// A message about the text at an offset.
    func error(
        _ id: String, at offset: Int, _ subject: String, _ message: String,
        expected: String? = nil, found: String? = nil, kind: Diagnostic.Kind = .userError
    ) -> Diagnostic {
        Diagnostic(id, subject, message, expected: expected, found: found, kind: kind, location: location(offset))
    }

    /// The integer that a word spells.
    func integer(_ token: Token) throws(Diagnostic) -> Int {
        let digits = token.text.hasPrefix("-") ? token.text.dropFirst() : token.text[...]
        let allowed = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !digits.isEmpty, digits.utf8.allSatisfy(allowed.contains), let value = Int(token.text) else {
            throw error(
                "text.integer", at: token.offset, token.text, "not an integer of 64 bits", expected: "an integer",
                found: token.description)
        }
        return value
    }

    /// Runs a check that knows nothing of the text, and adds the place to its message.
    func locating<Result>(
        _ offset: Int, _ check: () throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        do throws(Diagnostic) {
            return try check()
        } catch {
            var located = error
            if located.location == nil { located.location = location(offset) }
            throw located
        }
    }
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        var trimmed = self
        while trimmed.last == " " { trimmed.removeLast() }
        return trimmed
    }
}
