import Graph

/// Emits a scan as one sequential C loop whose state lives in the results and in scratch memory.
struct ScanEmitter {
    let scan: Scan
    /// C names of the operands' and the results' buffers.
    let operands: [String]
    let results: [String]
    let unfused: Bool
    /// Makes the names of this loop's variables unique among nested loops.
    let depth: Int

    /// Statements, and how many scratch bytes from `offset` on they use.
    func emit(scratchOffset: Int) throws(Diagnostic) -> (lines: [String], scratchEnd: Int) {
        let body = scan.body
        var scratch = Scratch(offset: scratchOffset)
        var lines = zip(results, operands).prefix(scan.carried).enumerated().map { position, names in
            "memcpy(\(names.0), \(names.1), \(type(ofInput: position).byteCount));"
        }
        let (iteration, entry) = ("n\(depth)", "entry\(depth)")
        var buffers = BufferMap()
        var prologue: [String] = []
        for (position, input) in body.inputs.enumerated() {
            let type = body.type(of: input.value)
            let name = "s\(depth)_\(position)"
            let source: String
            if position < scan.carried {
                source = results[position]
            } else if position < scan.carried + scan.invariants {
                source = operands[position]
            } else {
                source = "\(operands[position]) + \(type.elementCount)*\(entry)"
            }
            prologue.append("const \(CSource.type(type.elementType)) *const \(name) = \(source);")
            buffers.assign(buffers.add(name, type.elementType), to: input.value)
        }
        let block = try BlockEmitter(graph: body, unfused: unfused, depth: depth).emit(&buffers, &scratch)
        let epilogue = try self.epilogue(buffers, entry, &scratch)
        let used = ["(void)\(entry);"] + body.inputs.indices.map { "(void)s\(depth)_\($0);" }
        let inside = ["const long \(entry) = \(scan.reverse ? "\(scan.count - 1) - \(iteration)" : iteration);"]
            + prologue + used + buffers.declarations + block + epilogue
        lines.append("for (long \(iteration) = 0; \(iteration) < \(scan.count); ++\(iteration)) {")
        lines += inside.map { "    " + $0 } + ["}"]
        return (lines, scratch.offset)
    }

    private func type(ofInput position: Int) -> TensorType {
        scan.body.type(of: scan.body.inputs[position].value)
    }

    /// Stacks the iteration's entries, then replaces the carried values.
    ///
    /// A next value that is itself a carried value must be saved before any of them is overwritten.
    private func epilogue(_ buffers: BufferMap, _ entry: String, _ scratch: inout Scratch) throws(Diagnostic) -> [String] {
        let body = scan.body
        var lines: [String] = []
        func name(_ value: ValueID) throws(Diagnostic) -> String {
            guard let buffer = buffers.buffer(of: value) else {
                throw Diagnostic("codegen.scan-output", body.name(of: value), "value has no buffer", kind: .compilerBug)
            }
            return buffers.buffers[buffer].name
        }
        for position in scan.carried..<body.outputs.count {
            let type = body.type(of: body.outputs[position].value)
            let source = try name(body.outputs[position].value)
            lines.append("memcpy(\(results[position]) + \(type.elementCount)*\(entry), \(source), \(type.byteCount));")
        }
        var copies: [String] = []
        for position in 0..<scan.carried {
            let value = body.outputs[position].value
            let type = body.type(of: value)
            var source = try name(value)
            if case .input(let carried) = body.values[storage(value).index].definition, carried < scan.carried {
                if carried == position && storage(value) == value { continue }
                let saved = scratch.allocate(type, name: "saved\(depth)_\(position)")
                lines.append(saved)
                lines.append("memcpy(saved\(depth)_\(position), \(source), \(type.byteCount));")
                source = "saved\(depth)_\(position)"
            }
            copies.append("memcpy(\(results[position]), \(source), \(type.byteCount));")
        }
        return lines + copies
    }

    /// What a body value is a view of.
    private func storage(_ value: ValueID) -> ValueID {
        var current = value
        while let node = scan.body.definingNode(of: current), case .view(let operand) = node.op.aliasClass {
            current = node.operands[operand]
        }
        return current
    }
}

/// Hands out scratch memory of one kernel.
struct Scratch {
    private(set) var offset: Int

    init(offset: Int) { self.offset = offset }

    /// A declaration of a pointer to fresh scratch memory.
    mutating func allocate(_ type: TensorType, name: String) -> String {
        let start = offset
        // Empty tensors too, so that a kernel that names its scratch memory has some.
        offset += (max(1, type.byteCount) + 63) / 64 * 64
        let elementType = CSource.type(type.elementType)
        return "\(elementType) *const \(name) = (\(elementType) *)(scratch + \(start));"
    }
}

/// Emits all nodes of a body that need memory, one after the other.
struct BlockEmitter {
    let graph: Graph
    let unfused: Bool
    let depth: Int

    func emit(_ buffers: inout BufferMap, _ scratch: inout Scratch) throws(Diagnostic) -> [String] {
        let materialization = unfused ? nil : Materialization(graph)
        var lines: [String] = []
        for node in graph.nodes {
            if case .view(let operand) = node.op.aliasClass {
                guard let buffer = buffers.buffer(of: node.operands[operand]) else {
                    throw Diagnostic("codegen.view", graph.name(of: node.result), "operand has no buffer", kind: .compilerBug)
                }
                buffers.assign(buffer, to: node.result)
                continue
            }
            if materialization?.placement(node.results[0]) == .inlined { continue }
            for result in node.results {
                let name = "v\(depth)_\(result.index)"
                let type = graph.type(of: result)
                lines.append(scratch.allocate(type, name: name))
                buffers.assign(buffers.add(name, type.elementType), to: result)
            }
            lines += try emit(node, &buffers, &scratch)
        }
        return lines
    }

    private func emit(
        _ node: Graph.Node, _ buffers: inout BufferMap, _ scratch: inout Scratch
    ) throws(Diagnostic) -> [String] {
        if case .scan(let scan) = node.op {
            let names = (node.operands + node.results).compactMap { buffers.buffer(of: $0) }.map { buffers.buffers[$0].name }
            let emitter = ScanEmitter(
                scan: scan, operands: Array(names.prefix(node.operands.count)),
                results: Array(names.dropFirst(node.operands.count)), unfused: unfused, depth: depth + 1)
            let (lines, end) = try emitter.emit(scratchOffset: scratch.offset)
            scratch = Scratch(offset: end)
            return ["{"] + lines.map { "    " + $0 } + ["}"]
        }
        var emitter = NodeEmitter(graph: graph, buffers: buffers)
        let code = try emitter.emit(node)
        buffers = emitter.buffers
        let largest = (node.operands + node.results).map { graph.type(of: $0).elementCount }.max() ?? 0
        return (largest > Self.mostUnrolled ? ["DG_KEEP_LOOP"] : [])
            + ["for (long task = 0; task < \(code.tasks); ++task) {"] + code.lines.map { "    " + $0 } + ["}"]
    }

    /// Loops over more elements are not copied: it takes the C compiler seconds, and the code is not faster.
    private static let mostUnrolled = 400
}
