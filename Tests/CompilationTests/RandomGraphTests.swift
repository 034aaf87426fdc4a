import Graph
import Passes
import Testing

/// Random graphs: the interpreter, the plan, the plan after all graph passes, and the plan without fusion agree.
@Suite struct RandomGraphTests {
    private static let seeds = 1...60
    private static let graphs = Result { try seeds.map { try RandomGraph.make(seed: $0) } }
    private static let plan = Result {
        let graphs = try Self.graphs.get()
        let optimized = try graphs.map { graph in
            var optimized = try PassManager().run(Pipelines.optimize, on: graph).graph
            optimized.name += " optimized"
            return optimized
        }
        return try CompiledPlan(graphs + optimized)
    }
    private static let unfused = Result { try CompiledPlan(graphs.get(), unfused: true) }

    @Test func plansCompile() throws {
        #expect(try Self.plan.get().entries.count == 2 * Self.seeds.count)
        #expect(try Self.unfused.get().entries.count == Self.seeds.count)
        for graph in try Self.graphs.get() { try GraphVerifier.verify(graph) }
    }

    @Test func graphsAreOfAllKinds() throws {
        let nodes = try Self.graphs.get().flatMap(\.nodes)
        #expect(Set(nodes.map(\.op.kind)) == Set(OpKind.allCases).subtracting([.stopGradient, .convert]))
        let sizes = try Self.graphs.get().map(\.nodes.count)
        #expect(sizes.allSatisfy { (12...80).contains($0) })
    }

    /// Says nothing more where `plansCompile` fails.
    @Test(arguments: seeds)
    func agree(_ seed: Int) throws {
        guard let plan = try? Self.plan.get(), let unfused = try? Self.unfused.get() else { return }
        let graph = try Self.graphs.get()[seed - 1]
        var random = Random(seed: seed)
        let (inputs, others) = (random.inputs(graph), random.inputs(graph))
        let expected = try graph.run(inputs)
        let tolerance = seed % 2 == 0 ? 1e-5 : 1e-12
        var failures: [String] = []
        let runs = [(unfused, seed - 1, "unfused"), (plan, seed - 1, "fused"), (plan, Self.seeds.count + seed - 1, "optimized")]
        for (plan, entry, kind) in runs {
            var first: [Tensor]?
            for threads in 1...3 {
                // What another run leaves in memory must not be taken for results.
                _ = try plan.run(entry, others, threads: threads)
                let found = try plan.run(entry, inputs, threads: threads)
                for (position, output) in graph.outputs.enumerated() {
                    let distance = found[position].distance(to: expected[position], floor: 1)
                    let isRepeated = first.map { found[position].isIdentical(to: $0[position]) } ?? true
                    if distance > tolerance || !isRepeated {
                        failures.append("\(kind), \(threads) threads, \(output.name): off by \(distance)")
                    }
                }
                first = first ?? found
            }
        }
        #expect(failures.isEmpty, "seed \(seed)")
        #expect(expected.allSatisfy { $0.elements.allSatisfy(\.isFinite) }, "seed \(seed)")
    }
}
