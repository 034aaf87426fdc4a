/// The levels of the intermediate representation, as the first line of a file names them.
public enum TextLevel: String, Sendable, CaseIterable {
    case graph, kernels, program

    /// The version of the format that is written, and the only one that is read.
    static let version = 1

    var header: String { "dg \(Self.version) \(rawValue)" }

    /// What one block of such a file is called in messages.
    var noun: String {
        switch self {
        case .graph: "graph"
        case .kernels: "kernel graph"
        case .program: "program"
        }
    }
}

extension TextCursor {
    /// Reads the first line, `dg VERSION LEVEL`, which must name the given level.
    mutating func header(_ level: TextLevel) throws(Diagnostic) {
        try skipEmptyLines()
        guard try skipWord("dg") else {
            throw error(
                "text.header", at: current, source.file, "not a file of this compiler", expected: level.header,
                found: current.description)
        }
        let version = try expect(.word, "the version of the format")
        guard try source.integer(version) == TextLevel.version else {
            throw error(
                "text.version", at: version, source.file, "this compiler does not read this version of the format",
                expected: "\(TextLevel.version)", found: version.text, kind: .knownLimitation)
        }
        let written = try expect(.word, "the level of the file")
        guard written.text == level.rawValue else {
            let isLevel = TextLevel(rawValue: written.text) != nil
            throw error(
                "text.level", at: written, source.file,
                isLevel ? "the file holds another level of the representation" : "no such level",
                expected: level.rawValue, found: written.text)
        }
        try endLine()
        try skipEmptyLines()
    }
}
