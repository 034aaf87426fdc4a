extension KernelGraph {
    /// The kernel graph that a text spells; `file` names the text in messages.
    ///
    /// The text may come from anyone: everything in it is checked.
    public static func parse(_ text: String, file: String) throws(Diagnostic) -> KernelGraph {
        var reader = try BlockReader(text, file: file, .kernels)
        return try reader.onlyBlock(parseBlock)
    }

    /// All kernel graphs that a text spells, in order; they share the big constants at its end.
    public static func parseAll(_ text: String, file: String) throws(Diagnostic) -> [KernelGraph] {
        var reader = try BlockReader(text, file: file, .kernels)
        return try reader.blocks(parseBlock)
    }

    private static func parseBlock(
        _ name: Token, _ cursor: inout TextCursor, _ blobs: inout BlobReader
    ) throws(Diagnostic) -> KernelGraph {
        var parser = KernelParser(name: name.text)
        return try parser.parseBlock(&cursor, &blobs)
    }
}

/// Reads the lines of a kernel graph.
private struct KernelParser {
    private var kernels: KernelGraph
    private var rules = KernelGraphRules()
    private var tensorsByName: [String: TensorID] = [:]
    private var section = Section.inputs

    /// Lines stand in this order, so that tensors are numbered as they are in every kernel graph.
    private enum Section: Int {
        case inputs, definitions, outputs, decisions
    }

    init(name: String) {
        kernels = KernelGraph(name: name)
    }

    mutating func parseBlock(_ cursor: inout TextCursor, _ blobs: inout BlobReader) throws(Diagnostic) -> KernelGraph {
        try cursor.block { cursor throws(Diagnostic) in try parseLine(&cursor, &blobs) }
        return kernels
    }

    private mutating func parseLine(_ cursor: inout TextCursor, _ blobs: inout BlobReader) throws(Diagnostic) {
        if cursor.isAtWord("input") {
            try enter(.inputs, cursor)
            try parseInput(&cursor)
        } else if cursor.isAtWord("view") {
            try enter(.definitions, cursor)
            try parseView(&cursor)
        } else if cursor.isAtWord("kernel") {
            try enter(.definitions, cursor)
            try parseKernel(&cursor, &blobs)
        } else if cursor.isAtWord("output") {
            try enter(.outputs, cursor)
            try parseOutput(&cursor)
        } else if cursor.isAtWord("decision") {
            try enter(.decisions, cursor)
            try parseDecision(&cursor)
        } else {
            throw cursor.expected("'input', 'view', 'kernel', 'output', 'decision' or '}'")
        }
    }

    private mutating func enter(_ next: Section, _ cursor: TextCursor) throws(Diagnostic) {
        guard next.rawValue >= section.rawValue else {
            throw cursor.error(
                "text.order", at: cursor.current, cursor.current.text,
                "inputs come first, then views and kernels, then outputs, then decisions")
        }
        section = next
    }

    // MARK: Lines

    /// `input %name : type role`
    private mutating func parseInput(_ cursor: inout TextCursor) throws(Diagnostic) {
        try cursor.advance()
        let name = try cursor.expect(.value, "the name of the input")
        try cursor.expect(.colon)
        let type = try cursor.tensorType()
        let role = cursor.current.kind == .word ? try cursor.choice(Graph.Role.self) : .data
        let tensor = try define(name, type, .input(kernels.inputs.count), cursor)
        kernels.inputs.append(KernelGraph.Input(tensor: tensor, role: role))
    }

    /// `view %name = %source : type`
    private mutating func parseView(_ cursor: inout TextCursor) throws(Diagnostic) {
        try cursor.advance()
        let name = try cursor.expect(.value, "the name of the view")
        try cursor.expect(.equals)
        let source = try use(&cursor)
        try cursor.expect(.colon)
        let typeStart = cursor.current.offset
        let type = try cursor.tensorType()
        try cursor.source.locating(typeStart) { () throws(Diagnostic) in
            try rules.checkView(name.text, type, of: kernels.type(of: source))
        }
        _ = try define(name, type, .view(source), cursor)
    }

    /// `kernel %a, %b = form %x, %y {name=@name} : types { body }`
    private mutating func parseKernel(_ cursor: inout TextCursor, _ blobs: inout BlobReader) throws(Diagnostic) {
        try cursor.advance()
        let names = try cursor.commaSeparated { cursor throws(Diagnostic) in
            try cursor.expect(.value, "the name of a result")
        }
        try cursor.expect(.equals)
        let word = cursor.current
        let form = try cursor.choice(KernelForm.self)
        let operands =
            cursor.current.kind == .value
            ? try cursor.commaSeparated { cursor throws(Diagnostic) in try use(&cursor) } : []
        let attributes = try cursor.attributes(of: word, known: ["name", "tiles", "tasks", "inner", "blocks"])
        let tiling = form == .tiles || attributes.values["tiles"] != nil ? try attributes.tiling() : nil
        let name = try attributes.symbol("name") ?? names[0].text
        try cursor.expect(.colon)
        let types = try cursor.commaSeparated { cursor throws(Diagnostic) in try cursor.tensorType() }
        guard types.count == names.count else {
            throw cursor.error(
                "text.result-count", at: word, "kernel \(name)", "number of result types", expected: "\(names.count)",
                found: "\(types.count)")
        }
        let body = try GraphBlockParser.parse(name: Scan.bodyName, depth: 0, &cursor, &blobs)
        // The results come after the operands' names are looked up: a kernel does not read what it writes.
        let results = try zip(names, types).map { name, type throws(Diagnostic) in
            try define(name, type, .kernel(kernels.kernels.count), cursor)
        }
        let kernel = KernelGraph.Kernel(name: name, form: form, operands: operands, results: results, body: body, tiling: tiling)
        try cursor.source.locating(word.offset) { () throws(Diagnostic) in
            try rules.checkKernel(kernel, operands: operands.map { kernels.type(of: $0) }, results: types)
        }
        kernels.kernels.append(kernel)
    }

    /// `output name = %tensor updates %input`
    private mutating func parseOutput(_ cursor: inout TextCursor) throws(Diagnostic) {
        try cursor.advance()
        let name = try cursor.name("the name of the output")
        try cursor.expect(.equals)
        var output = KernelGraph.Output(name: name.text, tensor: try use(&cursor))
        // Inputs are the first tensors, so an input's position is also its number.
        if try cursor.skipWord("updates") { output.updates = try use(&cursor).index }
        try cursor.source.locating(name.offset) { () throws(Diagnostic) in
            try rules.checkOutput(output, in: kernels)
        }
        kernels.outputs.append(output)
    }

    /// `decision outcome %value "reason" by pass`
    private mutating func parseDecision(_ cursor: inout TextCursor) throws(Diagnostic) {
        try cursor.advance()
        let outcome = try cursor.choice(FusionDecision.Outcome.self)
        let value = try cursor.expect(.value, "the value that was decided on")
        let reason = try cursor.expect(.string, "the reason in quotes")
        let pass = try cursor.skipWord("by") ? try cursor.name("the pass that decided").text : nil
        kernels.decisions.append(FusionDecision(value: value.text, outcome: outcome, reason: reason.text, pass: pass))
    }

    // MARK: Tensors

    private mutating func define(
        _ name: Token, _ type: TensorType, _ origin: KernelGraph.Origin, _ cursor: TextCursor
    ) throws(Diagnostic) -> TensorID {
        let tensor = TensorID(kernels.tensors.count)
        guard tensorsByName.updateValue(tensor, forKey: name.text) == nil else {
            throw cursor.error("text.redefined", at: name, name.description, "the tensor is already defined")
        }
        kernels.tensors.append(KernelGraph.Tensor(name: name.text, type: type, origin: origin))
        return tensor
    }

    private func use(_ cursor: inout TextCursor) throws(Diagnostic) -> TensorID {
        let name = try cursor.expect(.value, "a tensor")
        guard let tensor = tensorsByName[name.text] else {
            throw cursor.error(
                "text.undefined-value", at: name, name.description, "no tensor of this name is defined above")
        }
        return tensor
    }
}

extension AttributeReader {
    /// `tiles=1, tasks=8, inner=[[3,12], [20,31]], blocks=[[4,10,32]]`
    fileprivate func tiling() throws(Diagnostic) -> Tiling {
        let axes = try integer("tiles")
        let tasks = values["tasks"] == nil ? nil : try integer("tasks")
        var inner: [Range<Int>] = []
        for bounds in values["inner"] == nil ? [] : try integerLists("inner") {
            guard bounds.count == 2, bounds[0] <= bounds[1] else {
                throw unfit("inner", try value("inner"), expected: "ranges of nodes such as [[3,12]]")
            }
            inner.append(bounds[0]..<bounds[1])
        }
        var blocks: [Tiling.RowBlocks] = []
        for block in values["blocks"] == nil ? [] : try integerLists("blocks") {
            guard block.count == 3, block[0] <= block[1] else {
                throw unfit("blocks", try value("blocks"), expected: "ranges of nodes and a number of rows such as [[3,12,32]]")
            }
            blocks.append(Tiling.RowBlocks(nodes: block[0]..<block[1], rows: block[2]))
        }
        return Tiling(axes: axes, tasks: tasks, inner: inner, blocks: blocks)
    }
}
