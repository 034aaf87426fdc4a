import Graph
import Passes
import Testing

/// What the plan does with memory, seen from outside: programs that the verifier accepts, and what they compute.
@Suite struct MemoryPlanTests {
    private static let variants: [(name: String, options: PlanCompiler.Options)] = [false, true].flatMap { unfused in
        [false, true].map { noReuse in
            var options = PlanCompiler.Options()
            (options.unfused, options.noReuse) = (unfused, noReuse)
            return ("\(unfused ? "unfused" : "fused"), \(noReuse ? "no reuse" : "reuse")", options)
        }
    }

    private static func compile(_ graph: Graph, _ options: PlanCompiler.Options = PlanCompiler.Options()) throws -> PlanCompiler.Entry {
        let entry = try PlanCompiler(options: options).compile([graph]).entries[0]
        try ProgramVerifier.verify(entry.program, implements: entry.kernels)
        return entry
    }

    /// Runs a graph's program twice, updates in between, in every variant.
    private func check(_ graph: Graph, seed: Int) throws {
        var random = Random(seed: seed)
        let inputs = random.inputs(graph)
        let first = try graph.run(inputs)
        var next = inputs
        for (output, tensor) in zip(graph.outputs, first) {
            if let input = output.updates { next[input] = tensor }
        }
        let second = try graph.run(next)
        for (name, options) in Self.variants {
            let entry = try Self.compile(graph, options)
            #expect(entry.program.lowerBoundBytes <= entry.program.workspaceBytes)
            for reversed in [false, true] {
                let comment: Comment = "seed \(seed), \(name), \(reversed ? "backward" : "forward") within epochs"
                var simulator = ProgramInterpreter(entry.program, entry.kernels, reversed: reversed)
                for (found, expected) in zip(try simulator.run(inputs), first) { #expect(found.isIdentical(to: expected), comment) }
                for (found, expected) in zip(try simulator.runAgain(), second) { #expect(found.isIdentical(to: expected), comment) }
            }
        }
    }

    @Test(arguments: MemoryExample.updates)
    func updatesAreRight(_ example: MemoryExample) throws {
        let graph = try Graph.parsed(example.body)
        try check(graph, seed: 1)
        guard let copies = example.copies else { return }
        let entry = try Self.compile(graph)
        let found = entry.program.steps.filter { step in !entry.kernels.kernels.contains { $0.name == step.label } }
        #expect(found.count == copies, "copies of updates: \(found.map(\.label))")
    }

    @Test(arguments: MemoryExample.outputs)
    func outputsAreRight(_ example: MemoryExample) throws {
        try check(Graph.parsed(example.body), seed: 2)
    }

    @Test func samplesAndGradientsAreRight() throws {
        for sample in try PassTests.samples() {
            do {
                try check(sample.graph, seed: 3)
            } catch {
                Issue.record("\(sample): \(error)")
            }
        }
    }

    @Test func reuseSavesMemory() throws {
        let chain = try #require(MemoryExample.outputs.last)
        let graph = try Graph.parsed(chain.body)
        let tensor = 8 * 8 * 4
        // Each tensor takes over the memory of the one that it is computed from, or lies beside it.
        var options = PlanCompiler.Options()
        // As one kernel the chain would need no memory between its products.
        options.disabled = ["batch"]
        let entry = try Self.compile(graph, options)
        #expect(entry.program.workspaceBytes <= 2 * tensor)
        options.noReuse = true
        #expect(try Self.compile(graph, options).program.workspaceBytes >= 4 * tensor)
    }

    @Test func trainingStepsUpdateInPlace() throws {
        let body = """
            input %w : f32[4,5] parameter
            input %b : f32[5] parameter
            input %x : f32[3,4]
            %product = dot %x, %w {batch=[[],[]], contract=[[1],[0]]} : f32[3,5]
            %bias = broadcast %b {axes=[1]} : f32[3,5]
            %sum = add %product, %bias : f32[3,5]
            %y = tanh %sum : f32[3,5]
            %loss = reduce %y {kind=sum, axes=[0,1]} : f32[]
            output loss = %loss
            """
        let passes = [Pipelines.gradient(of: "loss"), Pipelines.optimizer(OptimizerStep(weightDecay: 0.1, clip: 1))]
        let graph = try PassManager().run(passes + Pipelines.optimize, on: Graph.parsed(body)).graph
        try check(graph, seed: 4)
        #expect(try Self.compile(graph).program.steps.allSatisfy { !$0.kernel.hasPrefix("copy_") })
    }
}
