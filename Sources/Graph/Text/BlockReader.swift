/// Reads a file of one level: its header, blocks `level @name { … }`, and the big constants that they share.
struct BlockReader {
    /// Reads the braces of a block and what stands between them; gets the block's name.
    typealias Body<Block> = (Token, inout TextCursor, inout BlobReader) throws(Diagnostic) -> Block

    private let level: TextLevel
    private var cursor: TextCursor
    private var blobs: BlobReader

    init(_ text: String, file: String, _ level: TextLevel) throws(Diagnostic) {
        let source = SourceText(text, file: file)
        self.level = level
        cursor = try TextCursor(source)
        blobs = BlobReader(source)
        try cursor.header(level)
    }

    /// All blocks of the file, in order; their names differ.
    mutating func blocks<Block>(_ body: Body<Block>) throws(Diagnostic) -> [Block] {
        var blocks: [Block] = []
        var names: Set<String> = []
        while cursor.isAtWord(level.rawValue) {
            let name = try blockName()
            guard names.insert(name.text).inserted else {
                throw cursor.error("text.redefined", at: name, name.description, "the \(level.noun) is already defined")
            }
            blocks.append(try block(name, body))
        }
        try end(expected: "'\(level.rawValue)' or the end of the file")
        return blocks
    }

    /// The block of a file that must hold exactly one.
    mutating func onlyBlock<Block>(_ body: Body<Block>) throws(Diagnostic) -> Block {
        let only = try block(blockName(), body)
        guard !cursor.isAtWord(level.rawValue) else {
            throw cursor.error(
                "text.several", at: cursor.current, cursor.source.file, "the file holds more than one \(level.noun)",
                expected: "one; dgc dump prints one with --entry")
        }
        try end(expected: "the end of the file")
        return only
    }

    private mutating func blockName() throws(Diagnostic) -> Token {
        try cursor.expectWord(level.rawValue)
        return try cursor.expect(.symbol, "the name of the \(level.noun), such as @main")
    }

    private mutating func block<Block>(_ name: Token, _ body: Body<Block>) throws(Diagnostic) -> Block {
        let block = try body(name, &cursor, &blobs)
        try cursor.endLine()
        try cursor.skipEmptyLines()
        return block
    }

    private mutating func end(expected: String) throws(Diagnostic) {
        // Programs have no constants.
        if level != .program { try blobs.readAll(&cursor) }
        guard cursor.current.kind == .end else { throw cursor.expected(expected) }
    }
}
