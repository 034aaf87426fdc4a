/// Reads the graph level of the text format.
public enum GraphParser {
    /// The graph that a text spells, node by node as it stands there; `file` names the text in messages.
    ///
    /// The text may come from anyone: everything in it is checked.
    public static func parse(_ text: String, file: String) throws(Diagnostic) -> Graph {
        let source = SourceText(text, file: file)
        var cursor = try TextCursor(source)
        var blobs = BlobReader(source)
        try cursor.header(.graph)
        try cursor.expectWord("graph")
        let name = try cursor.expect(.symbol, "the name of the graph, such as @main")
        let graph = try GraphBlockParser.parse(name: name.text, depth: 0, &cursor, &blobs)
        try cursor.endLine()
        try cursor.skipEmptyLines()
        try blobs.readAll(&cursor)
        guard cursor.current.kind == .end else { throw cursor.expected("the end of the file") }
        return graph
    }
}
