import Graph

/// Emits a scan as one sequential C loop.
///
/// Small tensors are arrays of the function, which nothing else can point to, so that the compiler keeps them in registers.
/// Carried values have two buffers, which change places after each iteration, so that the next values are computed where they
/// are read; large entries are computed in the stacked results.
struct ScanEmitter {
    let scan: Scan
    /// C names of the operands' and the results' buffers.
    let operands: [String]
    let results: [String]
    let unfused: Bool
    /// Makes the names of this loop's variables unique among nested loops.
    let depth: Int

    private var body: Graph { scan.body }
    private var entry: String { "entry\(depth)" }

    func emit(_ scratch: inout Scratch) throws(Diagnostic) -> [String] {
        var lines: [String] = []
        var prologue: [String] = []
        var epilogue: [String] = []
        var buffers = BufferMap()
        for (position, input) in body.inputs.enumerated() {
            let type = body.type(of: input.value)
            let name = "s\(depth)_\(position)"
            if position < scan.carried {
                let (before, after) = carried(position, type, &scratch)
                lines += before
                epilogue += after
                prologue.append("const \(CSource.type(type.elementType)) *const \(name) = c\(depth)_\(position);")
            } else if position < scan.carried + scan.invariants {
                lines += invariant(position, type, name, &scratch)
            } else {
                let source = "\(operands[position]) + \(type.elementCount)*\(entry)"
                prologue.append("const \(CSource.type(type.elementType)) *const \(name) = \(source);")
            }
            prologue.append("(void)\(name);")
            buffers.assign(buffers.add(name, type.elementType), to: input.value)
        }
        let places = LoopPlaces(scan, results: results, depth: depth, entry: entry)
        let block = BlockEmitter(graph: body, unfused: unfused, depth: depth, places: places.places)
        let statements = try block.emit(&buffers, &scratch)
        let copies = try self.copies(buffers, places)
        let iteration = "n\(depth)"
        let inside = ["const long \(entry) = \(scan.reverse ? "\(scan.count - 1) - \(iteration)" : iteration);", "(void)\(entry);"]
            + prologue + buffers.declarations + statements + copies
        lines.append("for (long \(iteration) = 0; \(iteration) < \(scan.count); ++\(iteration)) {")
        return lines + inside.map { "    " + $0 } + ["}"] + epilogue
    }

    /// The two buffers of a carried value, the current one with its start: arrays that are copied to the result after the
    /// loop, or the result and scratch memory.
    private func carried(
        _ position: Int, _ type: TensorType, _ scratch: inout Scratch
    ) -> (before: [String], after: [String]) {
        let elementType = CSource.type(type.elementType)
        let (name, next) = ("c\(depth)_\(position)", "next\(depth)_\(position)")
        let (one, other) = ("one\(depth)_\(position)", "other\(depth)_\(position)")
        let start = "memcpy(\(name), \(operands[position]), \(type.byteCount));"
        if let array = scratch.array(type, name: one), let second = scratch.array(type, name: other) {
            return (
                [array, second, "\(elementType) *\(name) = \(one);", "\(elementType) *\(next) = \(other);", start],
                ["memcpy(\(results[position]), \(name), \(type.byteCount));"])
        }
        // After the last iteration the current buffer is the result.
        let (first, second) = scan.count.isMultiple(of: 2) ? (results[position], other) : (other, results[position])
        return (
            [
                scratch.allocate(type, name: other), "\(elementType) *\(name) = \(first);", "\(elementType) *\(next) = \(second);",
                start,
            ], [])
    }

    /// An invariant is copied where that lets the compiler know that nothing writes to it.
    private func invariant(_ position: Int, _ type: TensorType, _ name: String, _ scratch: inout Scratch) -> [String] {
        if let array = scratch.array(type, name: name) {
            return [array, "memcpy(\(name), \(operands[position]), \(type.byteCount));"]
        }
        return ["const \(CSource.type(type.elementType)) *const \(name) = \(operands[position]);"]
    }

    /// Copies what is not computed in its place, then makes the next carried values the current ones.
    private func copies(_ buffers: BufferMap, _ places: LoopPlaces) throws(Diagnostic) -> [String] {
        var lines: [String] = []
        for (position, output) in body.outputs.enumerated() where !places.isInPlace(position) {
            guard let buffer = buffers.buffer(of: output.value) else {
                throw Diagnostic("codegen.scan-output", body.name(of: output.value), "value has no buffer", kind: .compilerBug)
            }
            let type = body.type(of: output.value)
            let target = position < scan.carried ? "next\(depth)_\(position)"
                : "\(results[position]) + \(type.elementCount)*\(entry)"
            lines.append("memcpy(\(target), \(buffers.buffers[buffer].name), \(type.byteCount));")
        }
        for position in 0..<scan.carried {
            let type = CSource.type(body.type(of: body.inputs[position].value).elementType)
            let (current, next) = ("c\(depth)_\(position)", "next\(depth)_\(position)")
            lines.append("{ \(type) *const swapped = \(current); \(current) = \(next); \(next) = swapped; }")
        }
        return lines
    }
}

/// The values of a loop's body that are computed where the loop returns or carries them.
struct LoopPlaces {
    private(set) var places: [ValueID: String] = [:]
    private var outputs: Set<Int> = []

    init(_ scan: Scan, results: [String], depth: Int, entry: String) {
        let body = scan.body
        for (position, output) in body.outputs.enumerated() {
            let type = body.type(of: output.value)
            let root = Self.storage(output.value, body)
            // A small entry is better an array that is copied.
            let isArray = position >= scan.carried && Scratch.isSmall(type)
            guard body.definingNode(of: root) != nil, places[root] == nil, !isArray else { continue }
            places[root] = position < scan.carried ? "next\(depth)_\(position)"
                : "\(results[position]) + \(type.elementCount)*\(entry)"
            outputs.insert(position)
        }
    }

    /// Whether nothing is left to copy for an output of the body.
    func isInPlace(_ output: Int) -> Bool { outputs.contains(output) }

    /// What a body value is a view of.
    private static func storage(_ value: ValueID, _ body: Graph) -> ValueID {
        var current = value
        while let node = body.definingNode(of: current), case .view(let operand) = node.op.aliasClass {
            current = node.operands[operand]
        }
        return current
    }
}
