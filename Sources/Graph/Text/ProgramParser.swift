extension Program {
    /// The programs that a text spells, in order; `file` names the text in messages.
    ///
    /// The text may come from anyone: sizes and references are checked here, so that nothing computed from them traps.
    /// Whether the steps make sense is for `ProgramVerifier` to say.
    public static func parseAll(_ text: String, file: String) throws(Diagnostic) -> [Program] {
        var reader = try BlockReader(text, file: file, .program)
        return try reader.blocks { name, cursor, blobs throws(Diagnostic) in
            try ProgramParser.parseBlock(name, &cursor, &blobs).program
        }
    }
}

/// Reads the lines of one program.
struct ProgramParser {
    private var program: Program
    private var places: ProgramPlaces
    private var slicesByName: [String: Int] = [:]
    private var inputsByName: [String: Int] = [:]
    private var outputNames: Set<String> = []
    private var section = Section.start

    private enum Section: Int {
        case start, workspace, slices, inputs, steps, outputs
    }

    private init(name: Token) {
        program = Program(name: name.text)
        places = ProgramPlaces(program: name.offset)
    }

    /// The program of a block, and where its parts stand.
    static func parseBlock(
        _ name: Token, _ cursor: inout TextCursor, _ blobs: inout BlobReader
    ) throws(Diagnostic) -> (program: Program, places: ProgramPlaces) {
        var parser = ProgramParser(name: name)
        try cursor.block { cursor throws(Diagnostic) in try parser.parseLine(&cursor) }
        return (parser.program, parser.places)
    }

    private mutating func parseLine(_ cursor: inout TextCursor) throws(Diagnostic) {
        if section == .start || cursor.isAtWord("workspace") {
            try parseWorkspace(&cursor)
        } else if cursor.isAtWord("slice") {
            try enter(.slices, &cursor)
            try parseSlice(&cursor)
        } else if cursor.isAtWord("input") {
            try enter(.inputs, &cursor)
            try parseInput(&cursor)
        } else if cursor.isAtWord("step") {
            try enter(.steps, &cursor)
            try parseStep(&cursor)
        } else if cursor.isAtWord("output") {
            try enter(.outputs, &cursor)
            try parseOutput(&cursor)
        } else {
            throw cursor.expected("'slice', 'input', 'step', 'output' or '}'")
        }
    }

    /// Steps over the word that starts a line.
    private mutating func enter(_ next: Section, _ cursor: inout TextCursor) throws(Diagnostic) {
        guard next.rawValue >= section.rawValue else {
            throw cursor.error(
                "text.order", at: cursor.current, cursor.current.text,
                "the workspace comes first, then slices, then inputs, then steps, then outputs")
        }
        section = next
        try cursor.advance()
    }

    // MARK: Memory

    /// `workspace bytes bound bytes`, once and first.
    private mutating func parseWorkspace(_ cursor: inout TextCursor) throws(Diagnostic) {
        guard section == .start else { throw cursor.expected("'slice', 'input', 'step', 'output' or '}'") }
        try cursor.expectWord("workspace")
        section = .workspace
        let start = cursor.current.offset
        program.workspaceBytes = try integer("the size of the workspace", &cursor)
        try cursor.expectWord("bound")
        program.lowerBoundBytes = try integer("the least possible size", &cursor)
        try cursor.source.locating(start) { () throws(Diagnostic) in
            try ProgramRules.checkWorkspace(
                bytes: program.workspaceBytes, lowerBound: program.lowerBoundBytes, "program \(program.name)")
        }
    }

    /// `slice %name : type region offset live first..last of %storage`
    private mutating func parseSlice(_ cursor: inout TextCursor) throws(Diagnostic) {
        let name = try cursor.expect(.value, "the name of the slice")
        try cursor.expect(.colon)
        let type = try cursor.tensorType()
        let region = try cursor.choice(Region.self)
        let offset = try checkedInteger("the offset in bytes", &cursor) { offset throws(Diagnostic) in
            try ProgramRules.checkOffset(offset, "slice \(name.text)")
        }
        try cursor.expectWord("live")
        let live = try parseEpochs(of: name, &cursor)
        let storage = try cursor.skipWord("of") ? program.slices[try use(&cursor)].name : name.text
        guard slicesByName.updateValue(program.slices.count, forKey: name.text) == nil else {
            throw cursor.error("text.redefined", at: name, name.description, "the slice is already defined")
        }
        places.add("slice \(name.text)", at: name.offset)
        program.slices.append(
            Program.Slice(name: name.text, type: type, region: region, offset: offset, live: live, storage: storage))
    }

    /// `first..last`, which is one word.
    private func parseEpochs(of slice: Token, _ cursor: inout TextCursor) throws(Diagnostic) -> ClosedRange<Int> {
        let token = cursor.current
        guard token.kind == .word, let dot = token.text.firstIndex(of: "."), token.text[dot...].hasPrefix("..") else {
            throw cursor.expected("the first and the last epoch, such as 0..4")
        }
        try cursor.advance()
        var (first, last) = (token, token)
        first.text = String(token.text[..<dot])
        last.text = String(token.text[dot...].dropFirst(2))
        last.offset += first.text.utf8.count + 2
        let epochs = (first: try cursor.source.integer(first), last: try cursor.source.integer(last))
        try cursor.source.locating(token.offset) { () throws(Diagnostic) in
            try ProgramRules.checkLive(first: epochs.first, last: epochs.last, "slice \(slice.text)")
        }
        return epochs.first...epochs.last
    }

    // MARK: Inputs and outputs

    /// `input name = %slice`
    private mutating func parseInput(_ cursor: inout TextCursor) throws(Diagnostic) {
        let name = try cursor.name("the name of the input")
        guard inputsByName.updateValue(program.inputs.count, forKey: name.text) == nil else {
            throw cursor.error("text.redefined", at: name, name.text, "the input is already defined")
        }
        try cursor.expect(.equals)
        places.add("input \(name.text)", at: name.offset)
        program.inputs.append(Program.Binding(name: name.text, slice: try use(&cursor)))
    }

    /// `output name = %slice updates input`
    private mutating func parseOutput(_ cursor: inout TextCursor) throws(Diagnostic) {
        let name = try cursor.name("the name of the output")
        guard outputNames.insert(name.text).inserted else {
            throw cursor.error("text.redefined", at: name, name.text, "the output is already defined")
        }
        try cursor.expect(.equals)
        places.add("output \(name.text)", at: name.offset)
        var output = Program.Binding(name: name.text, slice: try use(&cursor))
        if try cursor.skipWord("updates") {
            let input = try cursor.name("the name of an input")
            guard let position = inputsByName[input.text] else {
                throw cursor.error("text.undefined-value", at: input, input.text, "no input of this name is defined above")
            }
            output.updates = position
        }
        program.outputs.append(output)
    }

    // MARK: Steps

    /// `step epoch %a, %b scratch %c = kernel %x, %y {tasks=1, label=@name}`
    private mutating func parseStep(_ cursor: inout TextCursor) throws(Diagnostic) {
        let start = cursor.current.offset
        let epoch = try checkedInteger("the epoch of the step", &cursor) { epoch throws(Diagnostic) in
            try ProgramRules.checkEpoch(epoch, "step")
        }
        let results = try slices(&cursor)
        let scratch = try cursor.skipWord("scratch") ? try slices(&cursor) : []
        try cursor.expect(.equals)
        let kernel = try cursor.name("the function of the kernel")
        let reads = cursor.current.kind == .value ? try slices(&cursor) : []
        let attributes = try cursor.attributes(of: kernel, known: ["tasks", "label"])
        let tasks = try attributes.integer("tasks")
        try cursor.source.locating(try attributes.value("tasks").token.offset) { () throws(Diagnostic) in
            try ProgramRules.checkTasks(tasks, kernel.text)
        }
        let label = try attributes.symbol("label") ?? program.slices[results[0]].name
        places.add(label.isEmpty || kernel.text.isEmpty ? "step" : label, at: start)
        program.steps.append(
            Program.Step(
                kernel: kernel.text, writes: results + scratch, reads: reads, scratch: scratch.count, tasks: tasks,
                epoch: epoch, label: label))
    }

    private func slices(_ cursor: inout TextCursor) throws(Diagnostic) -> [Int] {
        try cursor.commaSeparated { cursor throws(Diagnostic) in try use(&cursor) }
    }

    private func use(_ cursor: inout TextCursor) throws(Diagnostic) -> Int {
        let name = try cursor.expect(.value, "a slice")
        guard let slice = slicesByName[name.text] else {
            throw cursor.error(
                "text.undefined-value", at: name, name.description, "no slice of this name is defined above")
        }
        return slice
    }

    // MARK: Numbers

    private func integer(_ what: String, _ cursor: inout TextCursor) throws(Diagnostic) -> Int {
        try cursor.source.integer(try cursor.expect(.word, what))
    }

    private func checkedInteger(
        _ what: String, _ cursor: inout TextCursor, _ check: (Int) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> Int {
        let token = try cursor.expect(.word, what)
        let value = try cursor.source.integer(token)
        try cursor.source.locating(token.offset) { () throws(Diagnostic) in try check(value) }
        return value
    }
}
