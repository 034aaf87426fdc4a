import Graph

/// Compiles graphs, the entries of one plan, to programs and the C source of their kernels.
public struct PlanCompiler: Sendable {
    public struct Options: Sendable {
        /// One kernel per operation.
        public var unfused = false
        /// Every tensor has memory of its own.
        public var noReuse = false
        /// Names of passes that are left out.
        public var disabled: Set<String> = []
        /// How many percent of the layers are computed again for their gradients, instead of being kept in memory.
        public var recomputed = 0
        public init() {}

        /// What differs from the default, as on the command line.
        public var arguments: [String] {
            (unfused ? ["--unfused"] : []) + (noReuse ? ["--no-reuse"] : []) + disabled.sorted().map { "--disable \($0)" }
                + (recomputed > 0 ? ["--recompute \(recomputed)"] : [])
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
    private let manager: PassManager

    public init(options: Options = Options(), observer: (any PassObserver)? = nil) {
        self.options = options
        manager = PassManager(disabled: options.disabled, observer: observer)
    }

    /// The kernels of a graph after all passes on the kernel level.
    public func kernels(of graph: Graph) throws(Diagnostic) -> KernelGraph {
        let result = try manager.run(Pipelines.kernels(unfused: options.unfused, recomputed: options.recomputed), on: .graph(graph))
        return try PassState(result).kernels(ProgramFormation.pass.name)
    }

    /// Compiles the graphs; equal kernels share one function across all entries.
    public func compile(_ graphs: [Graph]) throws(Diagnostic) -> Result {
        try Self.compile(graphs.map { (self, $0) })
    }

    /// Compiles each graph by a compiler of its own into one plan.
    public static func compile(_ parts: [(compiler: PlanCompiler, graph: Graph)]) throws(Diagnostic) -> Result {
        var functions = KernelFunctions()
        var entries: [Entry] = []
        var threadScratch = 0
        let kernels = kernelsSideBySide(parts)
        for (index, part) in parts.enumerated() {
            let (entry, scratch) = try part.compiler.entry(part.graph, kernels?[index], &functions)
            threadScratch = max(threadScratch, scratch)
            entries.append(entry)
        }
        try ProgramVerifier.verify(entries.map(\.program))
        let source = KernelSource(functions: functions, programs: entries.map(\.program), threadScratchBytes: threadScratch)
        return Result(
            entries: entries, source: source.text, parts: source.parts, threadScratchBytes: source.threadScratchBytes)
    }

    /// The kernels of each graph; nil where passes have to be observed one after the other, as those that fail.
    private static func kernelsSideBySide(_ parts: [(compiler: PlanCompiler, graph: Graph)]) -> [KernelGraph]? {
        guard parts.allSatisfy({ $0.compiler.manager.unobserved != nil }) else { return nil }
        return try? Parallel.results(parts.count) { index throws(Diagnostic) in
            try PlanCompiler(options: parts[index].compiler.options).kernels(of: parts[index].graph)
        }
    }

    /// One graph at every stage; its kernels' functions are added to those of the plan.
    private func entry(
        _ graph: Graph, _ known: KernelGraph?, _ functions: inout KernelFunctions
    ) throws(Diagnostic) -> (Entry, scratchBytes: Int) {
        let kernels = if let known { known } else { try kernels(of: graph) }
        var planning = ProgramFormation(kernels, unfused: options.unfused, reuse: !options.noReuse)
        var program = Program(name: graph.name)
        let pass = LevelPass(ProgramFormation.pass(unfused: options.unfused, reuse: !options.noReuse))
        try manager.observed(pass, .kernels(kernels)) { () throws(Diagnostic) in
            program = try planning.plan(&functions)
            return .program(program)
        }
        let entry = Entry(graph: graph, kernels: kernels, program: program, costs: planning.costs)
        return (entry, planning.threadScratchBytes)
    }
}
