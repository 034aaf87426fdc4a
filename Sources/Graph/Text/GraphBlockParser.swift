/// Reads a graph between braces: a whole file's graph, or the body of something.
///
/// Each block has names of its own; nothing outside is visible inside.
struct GraphBlockParser {
    private var graph: Graph
    private let depth: Int
    private var interface: InterfaceRules
    private var valuesByName: [String: ValueID] = [:]
    private var section = Section.inputs

    /// A block's lines stand in this order, so that values are numbered as they are in every graph.
    private enum Section: Int {
        case inputs, instructions, outputs
    }

    /// - Parameter depth: how many blocks this one stands in; the block at depth zero is no body.
    static func parse(
        name: String, depth: Int, _ cursor: inout TextCursor, _ blobs: inout BlobReader
    ) throws(Diagnostic) -> Graph {
        var parser = GraphBlockParser(name: name, depth: depth)
        return try parser.parseBlock(&cursor, &blobs)
    }

    private init(name: String, depth: Int) {
        graph = Graph(name: name)
        interface = InterfaceRules(isBody: depth > 0)
        self.depth = depth
    }

    private mutating func parseBlock(
        _ cursor: inout TextCursor, _ blobs: inout BlobReader
    ) throws(Diagnostic) -> Graph {
        guard depth <= Scan.maximumNesting else {
            throw cursor.error(
                "text.nesting", at: cursor.current, "the text", "bodies stand in each other too deep",
                expected: "at most \(Scan.maximumNesting)", kind: .knownLimitation)
        }
        try cursor.expect(.openBrace)
        try cursor.endLine()
        try cursor.skipEmptyLines()
        while try !cursor.skip(.closeBrace) {
            try parseLine(&cursor, &blobs)
            try cursor.endLine()
            try cursor.skipEmptyLines()
        }
        return graph
    }

    private mutating func parseLine(_ cursor: inout TextCursor, _ blobs: inout BlobReader) throws(Diagnostic) {
        if cursor.current.kind == .value {
            try enter(.instructions, cursor)
            try parseInstruction(&cursor, &blobs)
        } else if cursor.isAtWord("input") {
            try enter(.inputs, cursor)
            try parseInput(&cursor)
        } else if cursor.isAtWord("output") {
            try enter(.outputs, cursor)
            try parseOutput(&cursor)
        } else {
            throw cursor.expected("'input', 'output', an instruction or '}'")
        }
    }

    private mutating func enter(_ next: Section, _ cursor: TextCursor) throws(Diagnostic) {
        guard next.rawValue >= section.rawValue else {
            throw cursor.error(
                "text.order", at: cursor.current, cursor.current.text,
                "inputs come first, then instructions, then outputs")
        }
        section = next
    }

    // MARK: Inputs and outputs

    /// `input %name : type role`
    private mutating func parseInput(_ cursor: inout TextCursor) throws(Diagnostic) {
        let start = try cursor.advance()
        let name = try cursor.expect(.value, "the name of the input")
        try cursor.expect(.colon)
        let type = try cursor.tensorType()
        let role = try parseRole(&cursor)
        try cursor.source.locating(start.offset) { () throws(Diagnostic) in
            try interface.checkInput(name: name.text, role)
        }
        let value = try define(name, type, .input(graph.inputs.count), cursor)
        graph.inputs.append(Graph.Input(value: value, role: role))
    }

    private func parseRole(_ cursor: inout TextCursor) throws(Diagnostic) -> Graph.Role {
        guard cursor.current.kind == .word else { return .data }
        guard let role = Graph.Role(rawValue: cursor.current.text) else {
            throw cursor.expected(Graph.Role.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))
        }
        try cursor.advance()
        return role
    }

    /// `output name = %value updates %input`
    private mutating func parseOutput(_ cursor: inout TextCursor) throws(Diagnostic) {
        try cursor.advance()
        let name = try cursor.name("the name of the output")
        try cursor.expect(.equals)
        var output = Graph.Output(name: name.text, value: try use(&cursor))
        // Inputs are the first values, so an input's position is also its number.
        if try cursor.skipWord("updates") { output.updates = try use(&cursor).index }
        try cursor.source.locating(name.offset) { () throws(Diagnostic) in
            try interface.checkOutput(output, in: graph)
        }
        graph.outputs.append(output)
    }

    // MARK: Values

    private mutating func define(
        _ name: Token, _ type: TensorType, _ definition: Graph.Definition, _ cursor: TextCursor
    ) throws(Diagnostic) -> ValueID {
        let value = ValueID(graph.values.count)
        guard valuesByName.updateValue(value, forKey: name.text) == nil else {
            throw cursor.error("text.redefined", at: name, name.description, "the value is already defined")
        }
        graph.values.append(Graph.Value(name: name.text, type: type, definition: definition))
        return value
    }

    private func use(_ cursor: inout TextCursor) throws(Diagnostic) -> ValueID {
        let name = try cursor.expect(.value, "a value")
        guard let value = valuesByName[name.text] else {
            // A name may hold colons, so one that is meant to end it is easily taken in.
            let advice = name.text.hasSuffix(":") ? "; leave a space before the ':'" : ""
            throw cursor.error(
                "text.undefined-value", at: name, name.description,
                "no value of this name is defined above in this block\(advice)")
        }
        return value
    }

    // MARK: Instructions

    /// `%a, %b = operation %x, %y {attributes} : types {body}`
    private mutating func parseInstruction(
        _ cursor: inout TextCursor, _ blobs: inout BlobReader
    ) throws(Diagnostic) {
        let names = try cursor.commaSeparated { cursor throws(Diagnostic) in
            try cursor.expect(.value, "the name of a result")
        }
        try cursor.expect(.equals)
        let word = try cursor.expect(.word, "an operation")
        guard let definition = OpDefinition.named(word.text) else { throw cursor.source.unknownOperation(word) }
        let operands = try parseOperands(&cursor)
        let attributes = try cursor.attributes(of: word, known: definition.attributes.map(\.name))
        try cursor.expect(.colon)
        let types = try cursor.commaSeparated { cursor throws(Diagnostic) in
            (token: cursor.current, type: try cursor.tensorType())
        }
        let body = try parseBody(of: definition, &cursor, &blobs)
        let op = try Op(
            OpSyntax(definition: definition, attributes: attributes, type: types[0].type, body: body), &blobs)
        try check(op, operands, names, types, word, cursor)
        let node = NodeID(graph.nodes.count)
        let results = try names.enumerated().map { position, name throws(Diagnostic) in
            try define(name, types[position].type, .node(node, result: position), cursor)
        }
        graph.nodes.append(Graph.Node(op: op, operands: operands, results: results))
    }

    private func parseOperands(_ cursor: inout TextCursor) throws(Diagnostic) -> [ValueID] {
        guard cursor.current.kind == .value else { return [] }
        return try cursor.commaSeparated { cursor throws(Diagnostic) in try use(&cursor) }
    }

    private func parseBody(
        of definition: OpDefinition, _ cursor: inout TextCursor, _ blobs: inout BlobReader
    ) throws(Diagnostic) -> Graph? {
        guard cursor.isAt(.openBrace) else { return nil }
        guard definition.hasBody else {
            throw cursor.error(
                "text.body", at: cursor.current, definition.spelling, "the operation has no body",
                expected: "the end of the line", found: "'{'")
        }
        return try Self.parse(name: Scan.bodyName, depth: depth + 1, &cursor, &blobs)
    }

    /// Checks an instruction's types: the written ones must be those that the type rules find.
    private func check(
        _ op: Op, _ operands: [ValueID], _ names: [Token], _ types: [(token: Token, type: TensorType)], _ word: Token,
        _ cursor: TextCursor
    ) throws(Diagnostic) {
        let inferred = try cursor.source.locating(word.offset) { () throws(Diagnostic) in
            try inferTypes(op, operands.map { graph.type(of: $0) })
        }
        guard names.count == inferred.count, types.count == inferred.count else {
            throw cursor.error(
                "text.result-count", at: word, op.spelling, "number of results", expected: "\(inferred.count)",
                found: "\(names.count) names and \(types.count) types")
        }
        for (written, type) in zip(types, inferred) where written.type != type {
            throw cursor.error(
                "text.result-type", at: written.token, op.spelling, "type of the result", expected: "\(type)",
                found: "\(written.type)")
        }
    }
}
