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

        /// What differs from the default, as on the command line.
        public var arguments: [String] {
            (unfused ? ["--unfused"] : []) + (noReuse ? ["--no-reuse"] : []) + disabled.sorted().map { "--disable \($0)" }
        }
    }

    /// One entry at every stage.
    public struct Entry: Sendable {
        public var graph: Graph
        public var kernels: KernelGraph
        public var program: Program
        /// What one run of each kernel function takes, by name.
        public var costs: [String: KernelCost]
    }

    public struct Result: Sendable {
        public var entries: [Entry]
        public var source: String
        /// How many parts the source can be compiled in.
        public var parts: Int
        /// Memory that every thread needs beside the programs' regions.
        public var threadScratchBytes: Int
    }

    public var options: Options

    public init(options: Options = Options()) {
        self.options = options
    }

    /// The passes that prepare a graph for its kernels or work on the kernel level, in order; each can be left out.
    public static let passNames = [PairBlocks.pass.name] + kernelPasses.map(\.name)

    /// The passes on the kernel level, in order.
    public static let kernelPasses = [Rematerialization.pass, TileFormation.pass, BatchTiling.pass, PointwiseJoining.pass]

    /// The kernels of a graph after all passes on the kernel level.
    public static func kernels(of graph: Graph, _ options: Options) throws(Diagnostic) -> KernelGraph {
        guard !options.unfused else { return try KernelFormation.run(graph, unfused: true) }
        let isCut = !options.disabled.contains(PairBlocks.pass.name)
        let blocks = isCut ? try PairBlocks.run(graph) : (graph: graph, decisions: [])
        var kernels = try KernelFormation.run(blocks.graph)
        kernels.decisions += blocks.decisions
        for pass in kernelPasses where !options.disabled.contains(pass.name) {
            kernels = try pass.run(kernels)
        }
        return kernels
    }

    /// Compiles the graphs; equal kernels share one function across all entries.
    public func compile(_ graphs: [Graph]) throws(Diagnostic) -> Result {
        var functions = KernelFunctions()
        var entries: [Entry] = []
        var threadScratch = 0
        for graph in graphs {
            let kernels = try Self.kernels(of: graph, options)
            var code: [KernelCode] = []
            var names: [String] = []
            var costs: [String: KernelCost] = [:]
            let emitter = KernelEmitter(unfused: options.unfused)
            for kernel in kernels.kernels {
                let emitted = try emitter.emit(kernel)
                code.append(emitted)
                threadScratch = max(threadScratch, emitted.threadScratchBytes)
                let name = functions.name(for: emitted, hint: kernel.form.rawValue)
                names.append(name)
                // Kernels that share a function may differ in operands that coincide.
                let cost = KernelCost(kernel, in: kernels, tasks: emitted.tasks)
                if cost.bytes >= costs[name]?.bytes ?? 0 { costs[name] = cost }
            }
            let planner = MemoryPlanner(kernels: kernels, code: code, functions: names, reuse: !options.noReuse)
            let program = try planner.plan(name: graph.name)
            for step in program.steps where step.kernel.hasPrefix("copy_") {
                let bytes = program.slices[step.writes[0]].type.byteCount
                functions.add(step.kernel, body: CopyKernel.body(bytes))
                costs[step.kernel] = KernelCost(copying: bytes)
            }
            try ProgramVerifier.verify(program, implements: kernels)
            entries.append(Entry(graph: graph, kernels: kernels, program: program, costs: costs))
        }
        try ProgramVerifier.verify(entries.map(\.program))
        let source = KernelSource(functions: functions, programs: entries.map(\.program), threadScratchBytes: threadScratch)
        return Result(
            entries: entries, source: source.text, parts: source.parts, threadScratchBytes: source.threadScratchBytes)
    }
}
