/// Executes a program on contents instead of numbers: rules 10 to 12 of `ProgramVerifier`.
struct ProgramExecution {
    private let structure: ProgramStructure
    private let program: Program
    private var memory = StampedMemory()
    /// By slice whether it has its content, from outside or from a step.
    private var isDefined: [Bool]
    /// By slice whether a step has put the next content into an input.
    private var isUpdated: [Bool]
    private let inputSlices: Set<Int>

    init(_ structure: ProgramStructure) {
        self.structure = structure
        program = structure.program
        isDefined = [Bool](repeating: false, count: program.slices.count)
        isUpdated = isDefined
        inputSlices = Set(program.inputs.map(\.slice))
    }

    mutating func run() throws(Diagnostic) {
        for input in program.inputs {
            let range = program.slices[input.slice].byteRange
            try ProgramRules.require(
                memory.isEmpty(range, region(input.slice)) && !isDefined[input.slice], "program.inputs", "input \(input.name)",
                "inputs lie apart", found: program.slices[input.slice].place)
            isDefined[input.slice] = true
            memory.write(range, region(input.slice), Content(slice: input.slice, isUpdate: false))
        }
        var start = 0
        while start < program.steps.count {
            let epoch = program.steps[start].epoch
            let end = program.steps[start...].firstIndex { $0.epoch != epoch } ?? program.steps.count
            // No step of an epoch sees what another one writes.
            for step in program.steps[start..<end] { try read(step) }
            for step in program.steps[start..<end] { try write(step) }
            start = end
        }
        try checkEnd()
    }

    private func region(_ slice: Int) -> Region { program.slices[slice].region }

    private func read(_ step: Program.Step) throws(Diagnostic) {
        for slice in step.reads {
            // An operand is always the content from before an update; whoever needs the next one reads the update itself.
            try check(slice, Content(slice: structure.storages[slice], isUpdate: false), reader: step.label)
        }
    }

    private mutating func write(_ step: Program.Step) throws(Diagnostic) {
        for slice in step.writes.dropLast(step.scratch) {
            let content = try define(slice, by: step)
            memory.write(program.slices[slice].byteRange, region(slice), content)
        }
        for slice in step.writes.suffix(step.scratch) {
            memory.write(program.slices[slice].byteRange, region(slice), nil)
        }
    }

    private mutating func define(_ slice: Int, by step: Program.Step) throws(Diagnostic) -> Content {
        guard isDefined[slice] else {
            isDefined[slice] = true
            return Content(slice: slice, isUpdate: false)
        }
        try ProgramRules.require(
            inputSlices.contains(slice) && !isUpdated[slice], "program.rewritten", step.label, "a slice is written once",
            found: program.slices[slice].name)
        isUpdated[slice] = true
        return Content(slice: slice, isUpdate: true)
    }

    private func checkEnd() throws(Diagnostic) {
        for output in program.outputs {
            let content = Content(slice: output.slice, isUpdate: isUpdated[output.slice])
            try check(output.slice, content, reader: "output \(output.name)")
        }
        for (input, update) in zip(program.inputs, structure.updates) where update == nil {
            let content = Content(slice: input.slice, isUpdate: false)
            try check(input.slice, content, reader: "input \(input.name)", moment: " in the end")
        }
    }

    private func check(_ slice: Int, _ content: Content, reader: String, moment: String = "") throws(Diagnostic) {
        let wanted = program.slices[slice]
        let found = memory.content(of: wanted.byteRange, wanted.region)
        try ProgramRules.require(
            isDefined[content.slice] && (wanted.byteRange.isEmpty || found != nil), "program.unwritten", reader,
            "reads \(wanted.name)\(moment), which is not in memory", expected: describe(content),
            found: "nothing whole at \(wanted.region.rawValue) \(wanted.byteRange)")
        try ProgramRules.require(
            wanted.byteRange.isEmpty || found == content, "program.overwritten", reader,
            "reads \(wanted.name)\(moment) after it was overwritten", expected: describe(content),
            found: found.map(describe))
    }

    private func describe(_ content: Content) -> String {
        (content.isUpdate ? "the update of " : "") + program.slices[content.slice].name
    }
}

/// What a piece of memory holds: a slice's content, or for an input the content that replaces the one it had.
private struct Content: Hashable {
    var slice: Int
    var isUpdate: Bool
}

/// Which content each byte of every region belongs to.
private struct StampedMemory {
    private struct Span {
        var range: Range<Int>
        var content: Content?
    }

    /// For each region the spans that have been written, ascending and apart.
    private var regions = [[Span]](repeating: [], count: Region.allCases.count)

    mutating func write(_ range: Range<Int>, _ region: Region, _ content: Content?) {
        guard !range.isEmpty else { return }
        let first = firstSpan(endingAfter: range.lowerBound, region)
        var last = first
        var pieces: [Span] = []
        while last < regions[region.index].count, regions[region.index][last].range.lowerBound < range.upperBound {
            let old = regions[region.index][last]
            if old.range.lowerBound < range.lowerBound {
                pieces.append(Span(range: old.range.lowerBound..<range.lowerBound, content: old.content))
            }
            last += 1
        }
        pieces.append(Span(range: range, content: content))
        if last > first, case let old = regions[region.index][last - 1], old.range.upperBound > range.upperBound {
            pieces.append(Span(range: range.upperBound..<old.range.upperBound, content: old.content))
        }
        regions[region.index].replaceSubrange(first..<last, with: pieces)
    }

    /// Whether nothing has been written into the range.
    func isEmpty(_ range: Range<Int>, _ region: Region) -> Bool {
        let spans = regions[region.index]
        let position = firstSpan(endingAfter: range.lowerBound, region)
        return range.isEmpty || position == spans.count || spans[position].range.lowerBound >= range.upperBound
    }

    /// The content that the whole range holds; a slice is written at once, so what is left of it whole is one span.
    func content(of range: Range<Int>, _ region: Region) -> Content? {
        let spans = regions[region.index]
        let position = firstSpan(endingAfter: range.lowerBound, region)
        guard position < spans.count, spans[position].range.lowerBound <= range.lowerBound,
            range.upperBound <= spans[position].range.upperBound
        else { return nil }
        return spans[position].content
    }

    private func firstSpan(endingAfter start: Int, _ region: Region) -> Int {
        let spans = regions[region.index]
        var (low, high) = (0, spans.count)
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].range.upperBound > start { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
