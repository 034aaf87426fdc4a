import Graph

/// The C function of one kernel, without its name.
public struct KernelCode: Hashable, Sendable {
    /// The function's statements in braces; its parameters are `p`, `blas`, `begin`, `end`, and `streams` if there are any.
    public var body: String
    public var tasks: Int
    /// Bytes of scratch memory that the function needs beside its results and operands.
    public var scratchBytes: Int
    /// Bytes of scratch memory that each thread needs for itself.
    public var threadScratchBytes: Int
    /// Streams of random numbers that the function is given.
    public var streams: [Int]
    /// Functions that the text calls.
    public var functions: [CFunction]
}

/// Prints kernels as C functions over an array of pointers: results, then scratch memory if any, then operands.
public struct KernelEmitter: Sendable {
    /// Whether loop bodies keep every value in memory.
    public var unfused: Bool

    public init(unfused: Bool = false) {
        self.unfused = unfused
    }

    public func emit(_ kernel: KernelGraph.Kernel) throws(Diagnostic) -> KernelCode {
        let body = kernel.body
        guard let root = body.nodes.last else {
            throw Diagnostic("codegen.empty", kernel.name, "kernel has no operations", kind: .compilerBug)
        }
        var streams: [Int] = []
        for node in body.nodes {
            if case .randomUniform(_, let stream) = node.op, !streams.contains(stream) { streams.append(stream) }
        }
        var buffers = BufferMap(streams: streams)
        let targets = body.outputs.indices.map { buffers.add("r\($0)", body.type(of: body.outputs[$0].value).elementType) }
        // The results of a pointwise kernel may be computed from each other, which is not by way of memory.
        if kernel.form != .pointwise {
            for (target, output) in zip(targets, body.outputs) { buffers.assign(target, to: output.value) }
        }
        for (position, input) in body.inputs.enumerated() {
            buffers.assign(buffers.add("a\(position)", body.type(of: input.value).elementType), to: input.value)
        }
        let code: TaskCode
        var scratchBytes = 0
        var threadScratchBytes = 0
        var declarations: [String] = []
        var functions: [CFunction] = []
        if let tiling = kernel.tiling {
            var emitter = TileEmitter(body: body, tiling: tiling, buffers: buffers)
            code = try emitter.emit()
            declarations = emitter.buffers.declarations
            functions = emitter.buffers.functions
            threadScratchBytes = emitter.scratchBytes
        } else if case .scan(let scan) = root.op {
            let emitter = ScanEmitter(
                scan: scan, operands: try names(root.operands, buffers, body), results: try names(root.results, buffers, body),
                unfused: unfused, depth: 0)
            var scratch = Scratch(offset: 0)
            code = TaskCode(tasks: 1, lines: try emitter.emit(&scratch))
            scratchBytes = scratch.offset
            threadScratchBytes = scratch.threadBytes
            functions = scratch.functions
        } else {
            var emitter = NodeEmitter(graph: body, buffers: buffers)
            code = kernel.form == .pointwise
                ? try emitter.emit(body.outputs.map(\.value), into: targets) : try emitter.emit(root)
            declarations = emitter.buffers.declarations
            functions = emitter.buffers.functions
            threadScratchBytes = code.threadScratchBytes
        }
        let text = statements(kernel, declarations, code.lines, hasScratch: scratchBytes > 0)
        return KernelCode(
            body: text, tasks: code.tasks, scratchBytes: scratchBytes, threadScratchBytes: threadScratchBytes, streams: streams,
            functions: functions)
    }

    private func names(_ values: [ValueID], _ buffers: BufferMap, _ body: Graph) throws(Diagnostic) -> [String] {
        var names: [String] = []
        for value in values {
            guard let buffer = buffers.buffer(of: value) else {
                throw Diagnostic("codegen.buffer", body.name(of: value), "value has no buffer", kind: .compilerBug)
            }
            names.append(buffers.buffers[buffer].name)
        }
        return names
    }

    private func statements(
        _ kernel: KernelGraph.Kernel, _ declarations: [String], _ lines: [String], hasScratch: Bool
    ) -> String {
        let body = kernel.body
        var text = "{\n    (void)blas;\n"
        if kernel.tiling != nil { text += "    unsigned char *const scratch = dg_thread_scratch;\n" }
        var position = 0
        for (index, output) in body.outputs.enumerated() {
            let type = CSource.type(body.type(of: output.value).elementType)
            text += "    \(type) *const r\(index) = (\(type) *)p[\(position)];\n"
            position += 1
        }
        if hasScratch {
            text += "    unsigned char *const scratch = (unsigned char *)p[\(position)];\n"
            position += 1
        }
        for (index, input) in body.inputs.enumerated() {
            let type = CSource.type(body.type(of: input.value).elementType)
            text += "    const \(type) *const a\(index) = (const \(type) *)p[\(position)]; (void)a\(index);\n"
            position += 1
        }
        for declaration in declarations { text += "    \(declaration)\n" }
        text += "    for (long task = begin; task < end; ++task) {\n"
        for line in lines { text += "        \(line)\n" }
        return text + "    }\n}\n"
    }
}
