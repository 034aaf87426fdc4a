import Graph
import Passes

/// A graph, with the numbers that it is run on, and the plans that must agree with the interpreter about it.
struct DifferentialCase {
    let name: String
    let graph: Graph
    let inputs: SpecialInputs
    let seed: Int
    var isGradient: Bool { graph.outputs.contains { $0.name.hasPrefix("grad.") } }

    /// What a seed stands for: a random graph and its gradients; every third seed has special numbers in its inputs.
    static func all(seed: Int) throws -> [DifferentialCase] {
        let graph = try RandomGraph.make(seed: seed, isWide: true)
        let floating = graph.inputs.map(\.value).filter { graph.type(of: $0).elementType.isFloating }.map { graph.name(of: $0) }
        let gradient = try Autodiff.gradient(of: graph, output: "loss", withRespectTo: floating)
        let inputs = SpecialInputs(seed: seed, isSpecial: seed % 3 == 0)
        return [
            DifferentialCase(name: "seed \(seed)", graph: graph, inputs: inputs, seed: seed),
            DifferentialCase(name: "gradients of seed \(seed)", graph: gradient, inputs: inputs, seed: seed),
        ]
    }

    /// One way to compile the graph.
    struct Variant {
        let kind: String
        let compiler: PlanCompiler
        let graph: Graph
        /// The kind of the variant, earlier in the list, that computes the same bits.
        var twin: String?
    }

    /// The plan of single operations, the plan, that of the optimised graph with and without shared memory and under other names, and
    /// one without some of the passes that can be left out.
    func variants() throws -> [Variant] {
        var random = Random(seed: seed)
        let disabled = Set(PassRegistry.optionalNames.filter { _ in random.integer(0...3) == 0 })
        let (optimized, renamed) = (try Self.optimized(graph), try Self.optimized(Renaming.renamed(graph, seed: seed)))
        let recomputed = 50 * random.integer(0...2)
        let without = "without \(disabled.sorted().joined(separator: ", ")), \(recomputed) % recomputed"
        return [
            Variant(kind: "unfused", compiler: Self.compiler(unfused: true, noReuse: true), graph: graph),
            Variant(kind: "fused", compiler: Self.compiler(), graph: graph),
            Variant(kind: "optimised", compiler: Self.compiler(), graph: optimized),
            Variant(kind: "without reuse", compiler: Self.compiler(noReuse: true), graph: optimized, twin: "optimised"),
            Variant(kind: "renamed", compiler: Self.compiler(), graph: renamed, twin: "optimised"),
            Variant(kind: without, compiler: Self.compiler(disabled: disabled, recomputed: recomputed), graph: try Self.optimized(graph, disabled)),
        ].filter { !isGradient || seed / 4 % 2 == 0 || !["unfused", "fused"].contains($0.kind) }
    }

    static func optimized(_ graph: Graph, _ disabled: Set<String> = []) throws(Diagnostic) -> Graph {
        try PassManager(disabled: disabled).run(Pipelines.optimize, on: graph).graph
    }

    private static func compiler(unfused: Bool = false, noReuse: Bool = false, disabled: Set<String> = [], recomputed: Int = 0) -> PlanCompiler {
        var options = PlanCompiler.Options()
        options.recomputed = recomputed
        (options.unfused, options.noReuse, options.disabled) = (unfused, noReuse, disabled)
        return PlanCompiler(options: options)
    }
}
