import Graph

/// Emits all nodes of a loop's body that need memory, one after the other.
struct BlockEmitter {
    let graph: Graph
    let unfused: Bool
    let depth: Int
    /// Where values go that have a place already, as C pointers.
    let places: [ValueID: String]

    func emit(_ buffers: inout BufferMap, _ scratch: inout Scratch) throws(Diagnostic) -> [String] {
        let materialization = unfused ? nil : Materialization(graph, inLoop: true)
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
                if let place = places[result] {
                    lines.append("\(CSource.type(type.elementType)) *const \(name) = \(place);")
                } else {
                    lines.append(scratch.declare(type, name: name))
                }
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
            return ["{"] + (try emitter.emit(&scratch)).map { "    " + $0 } + ["}"]
        }
        var emitter = NodeEmitter(graph: graph, buffers: buffers, isSequential: true)
        let code = try emitter.emit(node)
        buffers = emitter.buffers
        scratch.require(threadBytes: code.threadScratchBytes, buffers.functions)
        if code.tasks == 1 { return ["{", "    const long task = 0; (void)task;"] + code.lines.map { "    " + $0 } + ["}"] }
        return ["for (long task = 0; task < \(code.tasks); ++task) {"] + code.lines.map { "    " + $0 } + ["}"]
    }
}
