import Graph
import Passes
import Testing

/// Layers that are computed again for their gradients give what the interpreter gives, in less memory.
@Suite struct RecomputationTests {
    private static let percents = [0, 50, 100]
    private static let graphs = Result { try [residual(), chain(), sharedContext()].map { try $0.gradients() } }
    private static let plan = Result {
        try CompiledPlan(graphs.get().flatMap { graph in percents.map { (compiler($0), entry(graph, $0)) } })
    }

    private static func compiler(_ percent: Int) -> PlanCompiler {
        var options = PlanCompiler.Options()
        options.recomputed = percent
        return PlanCompiler(options: options)
    }

    private static func entry(_ graph: Graph, _ percent: Int) -> Graph {
        var graph = graph
        graph.name += " \(percent)"
        return graph
    }

    @Test func numbersStay() throws {
        let plan = try Self.plan.get()
        for (position, graph) in try Self.graphs.get().enumerated() {
            var random = Random(seed: 21)
            // Small enough that rounding does not grow from layer to layer.
            let inputs = random.inputs(graph).map { Tensor($0.type, $0.elements.map { $0 / 8 }) }
            let expected = try graph.run(inputs)
            for (offset, percent) in Self.percents.enumerated() {
                var first: [Tensor]?
                for threads in 1...3 {
                    let found = try plan.run(position * Self.percents.count + offset, inputs, threads: threads)
                    for (output, (one, other)) in zip(graph.outputs, zip(found, expected)) {
                        #expect(one.distance(to: other) < 2e-5, "\(graph.name), \(output.name), \(percent) %")
                    }
                    #expect(first.map { zip($0, found).allSatisfy { $0.isIdentical(to: $1) } } ?? true)
                    first = first ?? found
                }
            }
        }
    }

    /// Of a batch so large that activations, not the gradients of weights, take most.
    @Test func memoryFalls() throws {
        for graph in try [Self.residual(batch: 32, rows: 64), Self.chain(batch: 32, rows: 64)] {
            let gradients = try graph.gradients()
            let bytes = try Self.percents.map { try Self.compiler($0).compile([gradients]).entries[0].program.workspaceBytes }
            #expect(10 * bytes[2] < 7 * bytes[0], "\(graph.name): \(bytes)")
        }
    }

    /// What all layers read would live as long if it were computed again.
    @Test func sharedValuesAreKept() throws {
        let kernels = try Self.compiler(100).kernels(of: Self.sharedContext().gradients())
        let names = kernels.tensors.map(\.name)
        #expect(names.contains("h1.recomputed"))
        #expect(!names.contains("context.recomputed"))
    }

    /// Without gradients nothing waits for a late reader.
    @Test func forwardGraphsStay() throws {
        let graph = try Self.residual()
        #expect(try Self.compiler(100).kernels(of: graph).text == Self.compiler(0).kernels(of: graph).text)
    }

    @Test func namesStayUniqueWhereThePassRunsTwice() throws {
        let graph = try Self.residual().gradients()
        let passes = Pipelines.kernels(recomputed: 100)
        let doubled = passes.flatMap { $0.name == Recomputation.name ? [$0, $0] : [$0] }
        guard case .kernels(let kernels) = try PassManager().run(doubled, on: .graph(graph)) else {
            Issue.record("no kernels")
            return
        }
        try KernelGraphVerifier.verify(kernels)
    }

    // MARK: Graphs

    private static let layers = 1...6

    /// Layers of two products with a residual connection.
    private static func residual(batch: Int = 4, rows: Int = 16) throws -> Graph {
        try model("residual", batch, rows) { layer in
            """
            %a\(layer) = dot %x\(layer - 1), %w1 {batch=[[],[]], contract=[[2],[0]]} : f32[\(batch),\(rows),128]
            %h\(layer) = tanh %a\(layer) : f32[\(batch),\(rows),128]
            %b\(layer) = dot %h\(layer), %w2 {batch=[[],[]], contract=[[2],[0]]} : f32[\(batch),\(rows),32]
            %x\(layer) = add %x\(layer - 1), %b\(layer) : f32[\(batch),\(rows),32]
            """
        }
    }

    /// Layers without one, which are as wide as a few of their outputs together.
    private static func chain(batch: Int = 4, rows: Int = 16) throws -> Graph {
        try model("chain", batch, rows) { layer in
            """
            %a\(layer) = dot %x\(layer - 1), %w1 {batch=[[],[]], contract=[[2],[0]]} : f32[\(batch),\(rows),128]
            %e\(layer) = exp %a\(layer) : f32[\(batch),\(rows),128]
            %h\(layer) = tanh %e\(layer) : f32[\(batch),\(rows),128]
            %b\(layer) = dot %h\(layer), %w2 {batch=[[],[]], contract=[[2],[0]]} : f32[\(batch),\(rows),32]
            %x\(layer) = tanh %b\(layer) : f32[\(batch),\(rows),32]
            """
        }
    }

    /// Residual layers that all read one value made in the graph, through a view.
    private static func sharedContext(batch: Int = 4, rows: Int = 16) throws -> Graph {
        try model("context", batch, rows) { layer in
            """
            %a\(layer) = dot %x\(layer - 1), %w1 {batch=[[],[]], contract=[[2],[0]]} : f32[\(batch),\(rows),128]
            %c\(layer) = multiply %a\(layer), %context : f32[\(batch),\(rows),128]
            %h\(layer) = tanh %c\(layer) : f32[\(batch),\(rows),128]
            %flat\(layer) = reshape %h\(layer) : f32[\(rows * batch),128]
            %b\(layer) = dot %flat\(layer), %w2 {batch=[[],[]], contract=[[1],[0]]} : f32[\(rows * batch),32]
            %r\(layer) = reshape %b\(layer) : f32[\(batch),\(rows),32]
            %x\(layer) = add %x\(layer - 1), %r\(layer) : f32[\(batch),\(rows),32]
            """
        }
    }

    /// The loss joins all samples, so that gradients cannot be computed sample by sample together with the layers.
    private static func model(_ name: String, _ batch: Int, _ rows: Int, layer: (Int) -> String) throws -> Graph {
        let body = layers.map(layer).joined(separator: "\n")
        return try Graph.parsed(
            """
            input %x : f32[\(batch),\(rows),32]
            input %w1 : f32[32,128] parameter
            input %w2 : f32[128,32] parameter
            %x0 = tanh %x : f32[\(batch),\(rows),32]
            %projected = dot %x, %w1 {batch=[[],[]], contract=[[2],[0]]} : f32[\(batch),\(rows),128]
            %context = tanh %projected : f32[\(batch),\(rows),128]
            \(body)
            %total = reduce %x\(layers.upperBound) {kind=sum, axes=[0,1,2]} : f32[]
            %loss = multiply %total, %total : f32[]
            output loss = %loss
            """, name: name)
    }
}

extension Graph {
    /// Cleaned up, as for a plan.
    fileprivate func gradients() throws -> Graph {
        try PassManager().run(Pipelines.optimize, on: Autodiff.gradient(of: self, output: "loss")).graph
    }
}
