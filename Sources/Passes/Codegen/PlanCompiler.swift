import Graph

/// Compiles graphs, the entries of one plan, to programs and the C source of their kernels.
public struct PlanCompiler: Sendable {
    public struct Options: Sendable {
        /// One kernel per operation.
        public var unfused = false
        /// Every tensor has memory of its own.
        public var noReuse = false
        /// Names of passes on the kernel level that are left out.
        public var disabled: Set<String> = []
        public init() {}
    }

    /// One entry at every stage.
    public struct Entry: Sendable {
        public var graph: Graph
        public var kernels: KernelGraph
        public var program: Program
    }

    public struct Result: Sendable {
        public var entries: [Entry]
        public var source: String
    }

    public var options: Options

    public init(options: Options = Options()) {
        self.options = options
    }

    /// The passes on the kernel level, in order; each can be left out.
    public static let kernelPasses = [Rematerialization.pass, TileFormation.pass, BatchTiling.pass]

    /// The kernels of a graph after all passes on the kernel level.
    public static func kernels(of graph: Graph, _ options: Options) throws(Diagnostic) -> KernelGraph {
        var kernels = try KernelFormation.run(graph, unfused: options.unfused)
        guard !options.unfused else { return kernels }
        for pass in kernelPasses where !options.disabled.contains(pass.name) {
            kernels = try pass.run(kernels)
        }
        return kernels
    }

    /// Compiles the graphs; equal kernels share one function across all entries.
    public func compile(_ graphs: [Graph]) throws(Diagnostic) -> Result {
        var functions = FunctionTable()
        var entries: [Entry] = []
        var threadScratch = 0
        for graph in graphs {
            let kernels = try Self.kernels(of: graph, options)
            var code: [KernelCode] = []
            var names: [String] = []
            let emitter = KernelEmitter(unfused: options.unfused)
            for kernel in kernels.kernels {
                let emitted = try emitter.emit(kernel)
                code.append(emitted)
                threadScratch = max(threadScratch, emitted.threadScratchBytes)
                for function in emitted.functions { functions.add(function) }
                names.append(functions.name(for: emitted, hint: kernel.form.rawValue))
            }
            let planner = MemoryPlanner(kernels: kernels, code: code, functions: names, reuse: !options.noReuse)
            let program = try planner.plan(name: graph.name)
            for step in program.steps where step.kernel.hasPrefix("copy_") {
                let bytes = program.slices[step.writes[0]].type.byteCount
                functions.add(step.kernel, CopyKernel.text(bytes))
            }
            try ProgramVerifier.verify(program, implements: kernels)
            entries.append(Entry(graph: graph, kernels: kernels, program: program))
        }
        try ProgramVerifier.verify(entries.map(\.program))
        let source = CPrelude.text + functions.source + ProgramTables.source(entries.map(\.program))
            // Whole pages, so that threads do not share cache lines.
            + "#define DG_THREAD_SCRATCH \((threadScratch + 4095) / 4096 * 4096)\n" + CPrelude.runner
        return Result(entries: entries, source: source)
    }
}

/// The functions of a plan; equal text is one function.
private struct FunctionTable {
    private var nameOfText: [String: String] = [:]
    private var defined: Set<String> = []
    private(set) var source = ""

    mutating func name(for code: KernelCode, hint: String) -> String {
        let name = nameOfText[code.text] ?? "\(hint)_\(nameOfText.count)"
        if nameOfText[code.text] == nil {
            nameOfText[code.text] = name
            add(name, code.text)
        }
        guard !code.streams.isEmpty else { return name }
        // What differs only in its streams of random numbers shares the code.
        let streams = code.streams.map(String.init)
        let bound = "\(name)_\(streams.joined(separator: "_"))"
        add(bound, "(void *const *p, const dg_blas *blas, long begin, long end)\n{\n"
            + "    static const int streams[] = {\(streams.joined(separator: ", "))};\n"
            + "    dg_\(name)(p, blas, begin, end, streams);\n}\n")
        return bound
    }

    mutating func add(_ function: CFunction) {
        guard defined.insert(function.name).inserted else { return }
        source += function.text + "\n"
    }

    mutating func add(_ name: String, _ text: String) {
        guard defined.insert(name).inserted else { return }
        source += "static void dg_\(name)\(text)\n"
    }
}

/// Programs as constant tables in C.
private enum ProgramTables {
    static func source(_ programs: [Program]) -> String {
        var text = ""
        var maximum = 1
        for (number, program) in programs.enumerated() {
            var slices: [String] = []
            var steps: [String] = []
            for step in program.steps {
                let used = step.writes + step.reads
                maximum = max(maximum, used.count)
                steps.append("{dg_\(step.kernel), \(slices.count), \(used.count), \(step.epoch), \(step.tasks)}")
                for slice in used {
                    slices.append("{\(program.slices[slice].region.index), \(program.slices[slice].offset)}")
                }
            }
            text += "/* \(program.name) */\n"
            text += "static const dg_slice slices_\(number)[] = {\(slices.isEmpty ? "{0, 0}" : slices.joined(separator: ", "))};\n"
            text += "static const dg_step steps_\(number)[] = {\n"
            for step in steps { text += "    \(step),\n" }
            if steps.isEmpty { text += "    {0, 0, 0, 0, 0}\n" }
            text += "};\n"
        }
        text += "#define DG_MAXIMUM_SLICES \(maximum)\n"
        let entries = programs.indices.map { "{steps_\($0), \(programs[$0].steps.count), slices_\($0)}" }
        text += "static const dg_entry dg_entries[] = {\(entries.joined(separator: ", "))};\n"
        return text
    }
}
