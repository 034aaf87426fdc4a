/// The big constants of a file under construction, each named once in the order of first use.
struct BlobWriter: Sendable {
    private var names: [Constant: String] = [:]
    private var contents: [[Double]] = []

    /// The name under which a file holds these elements.
    mutating func name(_ values: [Double]) -> String {
        let key = Constant.dense(values)
        if let name = names[key] { return name }
        let name = "blob\(contents.count)"
        names[key] = name
        contents.append(values)
        return name
    }

    /// The definitions that follow the graph, one a line.
    var text: String {
        contents.enumerated()
            .map { "blob \(NameText.symbol("blob\($0)")) = \"\(Base64.encode(BlobCoding.encode($1)))\"\n" }
            .joined()
    }
}

/// Doubles as bytes, little-endian.
enum BlobCoding {
    static func encode(_ values: [Double]) -> [UInt8] {
        values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
    }

    static func decode(_ bytes: [UInt8]) -> [Double]? {
        guard bytes.count % 8 == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) })
        }
    }
}

/// The big constants of a file that is read.
///
/// They stand after the graph that refers to them, where type rules already need their elements; so they are looked up
/// ahead, by the lines that start with `blob`. No other line of a valid file does.
struct BlobReader: Sendable {
    private let source: SourceText
    private var isSearched = false
    private var offsets: [String: Int] = [:]
    private var decoded: [String: [Double]] = [:]

    init(_ source: SourceText) {
        self.source = source
    }

    /// The elements that a reference stands for.
    mutating func values(_ reference: Token) throws(Diagnostic) -> [Double] {
        if let values = decoded[reference.text] { return values }
        if !isSearched { try findDefinitions() }
        guard let offset = offsets[reference.text] else {
            throw source.error(
                "text.undefined-blob", at: reference.offset, reference.description, "no such blob in this file",
                expected: "a line 'blob \(reference.description) = \"...\"' after the graph")
        }
        var cursor = try TextCursor(source, at: offset)
        return try readDefinition(&cursor).values
    }

    /// Reads the definitions at the end of a file, whether something refers to them or not.
    mutating func readAll(_ cursor: inout TextCursor) throws(Diagnostic) {
        var names: Set<String> = []
        while cursor.isAtWord("blob") {
            let name = try readDefinition(&cursor).name
            guard names.insert(name.text).inserted else {
                throw cursor.error("text.redefined", at: name, name.description, "the blob is already defined")
            }
            try cursor.endLine()
            try cursor.skipEmptyLines()
        }
    }

    private mutating func readDefinition(
        _ cursor: inout TextCursor
    ) throws(Diagnostic) -> (name: Token, values: [Double]) {
        let name = try Self.readName(&cursor)
        try cursor.expect(.equals)
        let text = try cursor.expect(.string, "the contents in quotes")
        if let values = decoded[name.text] { return (name, values) }
        guard let values = Base64.decode(text.text).flatMap(BlobCoding.decode) else {
            throw cursor.error(
                "text.blob", at: text, name.description, "contents of a blob",
                expected: "base64 of little-endian 64-bit floating numbers")
        }
        decoded[name.text] = values
        return (name, values)
    }

    private static func readName(_ cursor: inout TextCursor) throws(Diagnostic) -> Token {
        try cursor.expectWord("blob")
        return try cursor.expect(.symbol, "the name of the blob, such as @blob0")
    }

    private mutating func findDefinitions() throws(Diagnostic) {
        isSearched = true
        var isLineStart = true
        for (offset, byte) in source.bytes.enumerated() {
            if isLineStart, source.bytes[offset...].starts(with: "blob ".utf8) {
                var cursor = try TextCursor(source, at: offset)
                let name = try Self.readName(&cursor).text
                if offsets[name] == nil { offsets[name] = offset }
            }
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
            isLineStart = byte == UInt8(ascii: "\n") || (isLineStart && isBlank)
        }
    }
}
