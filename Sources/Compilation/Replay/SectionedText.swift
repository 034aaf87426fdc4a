import Graph

/// Several texts in one file: `dg 1 bundle`, then each text under a line `--- NAME BYTES`.
///
/// Sizes make it exact whatever the texts hold, and the file stays one that people can read.
struct SectionedText: Hashable, Sendable {
    struct Section: Hashable, Sendable {
        var name: String
        var text: String
    }

    var sections: [Section] = []

    static let header = "dg 1 bundle\n"
    private static let mark = "--- "

    subscript(name: String) -> String? { sections.first { $0.name == name }?.text }

    mutating func append(_ name: String, _ text: String) { sections.append(Section(name: name, text: text)) }

    var text: String {
        Self.header + sections.map { "\(Self.mark)\($0.name) \($0.text.utf8.count)\n\($0.text)\n" }.joined()
    }

    init() {}

    /// - Parameter names: the sections that a file may have, each once.
    /// - Throws: `replay.header`, `replay.section`.
    init(_ text: String, file: String, names: [String]) throws(Diagnostic) {
        guard text.hasPrefix(Self.header) else {
            throw Diagnostic(
                "replay.header", file, "the file is not one that dgc bundle wrote", expected: String(Self.header.dropLast()),
                found: String(text.prefix(while: { $0 != "\n" }).prefix(60)))
        }
        let bytes = Array(text.utf8)
        var position = Self.header.utf8.count
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let line = String(decoding: bytes[position..<end], as: UTF8.self)
            let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard words.count == 3, words[0] == "---", names.contains(words[1]), self[words[1]] == nil, let size = Int(words[2]),
                size >= 0
            else { throw Self.broken(file, position, "a line that begins a section", line) }
            let start = end + 1
            let (stop, overflows) = start.addingReportingOverflow(size)
            guard !overflows, stop < bytes.count, bytes[stop] == UInt8(ascii: "\n"),
                let content = String(validating: bytes[start..<stop], as: UTF8.self)
            else { throw Self.broken(file, position, "\(size) bytes of text and the end of a line", line) }
            append(words[1], content)
            position = stop + 1
        }
    }

    private static func broken(_ file: String, _ offset: Int, _ expected: String, _ line: String) -> Diagnostic {
        Diagnostic(
            "replay.section", "\(file): offset \(offset)", "the file is cut off or was changed by hand", expected: expected,
            found: String(line.prefix(60)))
    }
}
