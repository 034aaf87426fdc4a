/// What went wrong, in words a user can act on: a stable id, the thing, what was expected and what was found.
///
/// Every error that leaves a module is a `Diagnostic`; the command line turns its kind into an exit code.
public struct Diagnostic: Error, Hashable, Sendable {
    /// Who has to act: the user, the authors of this compiler, or nobody yet.
    public enum Kind: String, Hashable, Sendable {
        /// Something the user gave is wrong. Exit code 2.
        case userError = "error"
        /// The compiler broke one of its own rules. Exit code 3.
        case compilerBug = "compiler bug"
        /// The request is sensible but not supported. Exit code 2.
        case knownLimitation = "not supported"
        /// What a check was asked to look for is there. Exit code 1.
        case finding = "found"
    }

    /// Stable and documented, for example `npz.truncated` or `dot.contracting-sizes`.
    public var id: String
    public var kind: Kind
    /// The file, key, tensor or instruction that the message is about.
    public var subject: String
    /// The broken rule in words, without a final stop.
    public var message: String
    public var expected: String?
    public var found: String?
    public var location: SourceLocation?
    /// Where in a binary file the mistake is, or what is damaged begins.
    public var byteOffset: Int?
    /// Further facts, each a line of its own.
    public var notes: [String]

    public init(
        _ id: String, _ subject: String, _ message: String,
        expected: String? = nil, found: String? = nil,
        kind: Kind = .userError, location: SourceLocation? = nil, notes: [String] = []
    ) {
        self.id = id
        self.subject = subject
        self.message = message
        self.expected = expected
        self.found = found
        self.kind = kind
        self.location = location
        self.notes = notes
    }

    /// The same message, with the place in a binary file.
    public func at(byte offset: Int) -> Diagnostic {
        var diagnostic = self
        diagnostic.byteOffset = offset
        return diagnostic
    }

    /// What is wrong with the syntax of a file that a program wrote: a line of it would explain nothing.
    package func inWrittenFile(_ id: String, _ file: String, _ rule: String) -> Diagnostic {
        let place = location.map { SourceLocation(file: file, line: $0.line, column: $0.column, lineText: "") }
        return Diagnostic(id, file, "\(rule): \(message)", expected: expected, found: found, location: place)
    }

    /// The exit code that a command ends with when this reaches it.
    public var exitCode: Int32 {
        switch kind {
        case .userError, .knownLimitation: 2
        case .compilerBug: 3
        case .finding: 1
        }
    }
}

extension Diagnostic: CustomStringConvertible {
    /// One line; a source line with a caret follows when a location is known, and then the notes.
    public var description: String {
        var text = ""
        if let location { text += "\(location.file):\(location.line):\(location.column): " }
        text += "\(kind.rawValue)[\(id)]: \(subject): \(message)"
        if let expected { text += "; expected \(expected)" }
        if let found { text += "; found \(found)" }
        if let byteOffset { text += "; at byte \(byteOffset)" }
        if let location, !location.lineText.isEmpty {
            let indent = String(repeating: " ", count: max(0, location.column - 1))
            text += "\n  \(location.lineText)\n  \(indent)^"
        }
        for note in notes { text += "\n  \(note)" }
        return text
    }
}

/// A place in a text file; line and column count from one.
public struct SourceLocation: Hashable, Sendable {
    public var file: String
    public var line: Int
    public var column: Int
    public var lineText: String

    public init(file: String, line: Int, column: Int, lineText: String) {
        self.file = file
        self.line = line
        self.column = column
        self.lineText = lineText
    }
}
