/// Reads the graph level of the text format.
public enum GraphParser {
    /// The graph that a text spells, node by node as it stands there; `file` names the text in messages.
    ///
    /// The text may come from anyone: everything in it is checked.
    public static func parse(_ text: String, file: String) throws(Diagnostic) -> Graph {
        var reader = try BlockReader(text, file: file, .graph)
        return try reader.onlyBlock(parseBlock)
    }

    /// All graphs that a text spells, in order; they share the big constants at its end.
    public static func parseAll(_ text: String, file: String) throws(Diagnostic) -> [Graph] {
        var reader = try BlockReader(text, file: file, .graph)
        return try reader.blocks(parseBlock)
    }

    private static func parseBlock(
        _ name: Token, _ cursor: inout TextCursor, _ blobs: inout BlobReader
    ) throws(Diagnostic) -> Graph {
        try GraphBlockParser.parse(name: name.text, depth: 0, &cursor, &blobs)
    }
}
