import Graph

/// Whole files of text.
public enum TextFile {
    /// Reads a file that must be UTF-8: what is not would otherwise come out changed.
    public static func read(path: String) throws(Diagnostic) -> String {
        let file = try InputFile(path: path)
        guard let text = String(validating: try file.bytes(at: 0, count: file.size), as: UTF8.self) else {
            throw Diagnostic("file.text", path, "the file is not text", expected: "UTF-8")
        }
        return text
    }
}
