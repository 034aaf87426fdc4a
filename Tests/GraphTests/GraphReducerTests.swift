import Graph
import Testing

/// Reduction keeps what is interesting, and little else.
@Suite struct GraphReducerTests {
    /// Whether an operation of this spelling stands in the graph or in one of its bodies.
    private static func contains(_ spelling: String, _ graph: Graph) -> Bool {
        graph.nodes.contains { node in
            if node.op.spelling == spelling { return true }
            if case .scan(let scan) = node.op { return contains(spelling, scan.body) }
            return false
        }
    }

    private static func reduced(_ graph: Graph, _ isInteresting: @escaping (Graph) -> Bool) throws -> Graph {
        var reducer = GraphReducer(graph) { isInteresting($0) }
        try reducer.run()
        try GraphVerifier.verify(reducer.best)
        #expect(isInteresting(reducer.best))
        return reducer.best
    }

    /// Every operation in its sample comes out alone or nearly so, with small tensors.
    @Test(arguments: OpDefinition.all.map(\.spelling))
    func oneOperationStays(_ spelling: String) throws {
        let definition = try #require(OpDefinition.named(spelling))
        let graph = try GraphParser.parse(definition.sample, file: spelling)
        let small = try Self.reduced(graph) { Self.contains(spelling, $0) }
        #expect(small.nodes.count <= 2 && small.outputs.count == 1, "\(small.text)")
        #expect(small.values.allSatisfy { $0.type.elementCount <= 16 }, "\(small.text)")
    }

    @Test(arguments: ["mosi.grad.dg", "sinkhorn.grad.dg"])
    func oneOperationOfALargeGraphStays(_ file: String) throws {
        let graph = try GraphParser.parse(TestFiles.read("graphs/\(file)"), file: file)
        for spelling in ["dot", "exp", "scan"] {
            let small = try Self.reduced(graph) { Self.contains(spelling, $0) }
            #expect(small.nodeCountWithBodies <= 3, "\(small.text)")
        }
    }

    /// What must stay together stays together: here a chain of two operations inside a loop.
    @Test func bodiesAreReduced() throws {
        let graph = try GraphParser.parse(TestFiles.read("graphs/sinkhorn.dg"), file: "sinkhorn.dg")
        let small = try Self.reduced(graph) { graph in
            graph.nodes.contains { node in
                guard case .scan(let scan) = node.op else { return false }
                return scan.body.nodes.contains { divide in
                    guard case .binary(.divide) = divide.op, let sum = scan.body.definingNode(of: divide.operands[1]) else { return false }
                    return sum.op == .binary(.add)
                }
            }
        }
        let loops = small.nodes.compactMap { node in if case .scan(let scan) = node.op { scan } else { nil } }
        let scan = try #require(loops.first)
        #expect(loops.count == 1 && scan.count == 1 && scan.carried == 1, "\(small.text)")
        #expect(scan.body.nodes.count <= 3, "\(small.text)")
    }

    @Test func updatesStayValid() throws {
        let graph = try GraphParser.parse("""
            dg 1 graph
            graph @step {
              input %w : f32[4] parameter
              input %g : f32[4]
              %d = multiply %g, %g : f32[4]
              %n = subtract %w, %d : f32[4]
              %e = exp %n : f32[4]
              output w = %n updates %w
              output e = %e
            }
            """, file: "step")
        let small = try Self.reduced(graph) { graph in graph.outputs.contains { $0.updates != nil } }
        #expect(small.nodes.isEmpty && small.outputs.count == 1, "\(small.text)")
    }

    @Test func stopsWhenItIsOver() throws {
        let graph = try GraphParser.parse(TestFiles.read("graphs/mlp.dg"), file: "mlp.dg")
        var calls = 0
        var reducer = GraphReducer(graph, isOver: { calls >= 3 }) { _ in
            calls += 1
            return true
        }
        try reducer.run()
        #expect(calls == 3 && reducer.attempts == 3)
    }
}
