import Graph
import Testing

@Suite struct VerifierTests {
    /// A sound graph with two inputs, a node, a scan and an updating output.
    private static func sound() throws -> Graph {
        let text = """
            dg 1 graph
            graph @sound {
              input %a : f32[2]
              input %w : f32[2] parameter
              %sum = add %a, %w : f32[2]
              %last, %all = scan %sum {count=3, carried=1, scanned=0, reverse=false} : f32[2], f32[3,2] {
                input %x : f32[2]
                %y = exp %x : f32[2]
                output x = %y
                output trace = %x
              }
              output all = %all
              output w = %last updates %w
            }
            """
        return try GraphParser.parse(text, file: "sound")
    }

    private static func diagnostic(_ graph: Graph) -> Diagnostic? {
        do throws(Diagnostic) {
            try GraphVerifier.verify(graph)
            return nil
        } catch {
            return error
        }
    }

    /// Damage to the sound graph, and the rule that finds it.
    private static let damages: [(id: String, damage: @Sendable (inout Graph) -> Void)] = [
        ("verify.value-range", { $0.nodes[0].operands[0] = ValueID(99) }),
        ("verify.value-range", { $0.nodes[0].operands[0] = ValueID(-1) }),
        ("verify.value-range", { $0.nodes[0].results[0] = ValueID(99) }),
        ("verify.value-range", { $0.outputs[0].value = ValueID(99) }),
        ("verify.value-range", { $0.inputs[0].value = ValueID(99) }),
        ("verify.numbering", { $0.inputs.swapAt(0, 1) }),
        ("verify.numbering", { $0.nodes[1].results.swapAt(0, 1) }),
        ("verify.numbering", { $0.nodes[1].results[0] = ValueID(2) }),
        ("verify.numbering", { $0.values.append($0.values[0]) }),
        ("verify.numbering", { $0.nodes.removeLast() }),
        ("verify.definition", { $0.values[2].definition = .input(0) }),
        ("verify.definition", { $0.values[4].definition = .node(NodeID(1), result: 0) }),
        ("verify.use-before-definition", { $0.nodes[0].operands[0] = ValueID(2) }),
        ("verify.use-before-definition", { $0.nodes[0].operands[0] = ValueID(4) }),
        ("verify.name", { $0.values[1].name = "a" }),
        ("verify.name", { $0.values[1].name = "" }),
        ("type.extent", { $0.values[0].type.shape = [-2] }),
        ("type.size", { $0.values[0].type.shape = [1 << 40, 2] }),
        ("type.rank", { $0.values[0].type.shape = Shape([Int](repeating: 1, count: 17)) }),
        ("add.same-type", { $0.values[0].type.shape = [3] }),
        ("add.operand-count", { $0.nodes[0].operands.removeLast() }),
        ("verify.result-type", { $0.values[2].type.shape = [3] }),
        ("verify.result-count", { $0.nodes[1].results.removeLast() }),
        ("verify.output-name", { $0.outputs[1].name = "all" }),
        ("verify.output-name", { $0.outputs[1].name = "" }),
        ("verify.updates-input", { $0.outputs[1].updates = 7 }),
        ("verify.updates-type", { $0.outputs[0].updates = 1 }),
        ("verify.updates-role", { $0.inputs[1].role = .data }),
        ("verify.updates-once", { $0.outputs.append(Graph.Output(name: "again", value: ValueID(2), updates: 1)) }),
        ("verify.body-role", { inBody(&$0) { $0.inputs[0].role = .state } }),
        ("verify.body-updates", { inBody(&$0) { $0.outputs[0].updates = 0 } }),
        ("verify.body-name", { inBody(&$0) { $0.name = "other" } }),
        ("verify.value-range", { inBody(&$0) { $0.outputs[0].value = ValueID(5) } }),
        ("scan.arity", { inBody(&$0) { $0.outputs = [] } }),
        ("verify.nesting", { graph in for _ in 0..<17 { graph = wrapped(graph) } }),
    ]

    private static func inBody(_ graph: inout Graph, _ change: (inout Graph) -> Void) {
        guard case .scan(var scan) = graph.nodes[1].op else { return }
        change(&scan.body)
        graph.nodes[1].op = .scan(scan)
    }

    /// A graph that runs the given one once, without regard to its types.
    private static func wrapped(_ graph: Graph) -> Graph {
        var outer = Graph(name: "outer")
        let scan = Scan(count: 1, carried: 0, scanned: 0, reverse: false, body: graph)
        outer.nodes = [Graph.Node(op: .scan(scan), operands: [], results: [])]
        return outer
    }

    @Test func soundGraphPasses() throws {
        try GraphVerifier.verify(Self.sound())
    }

    @Test(arguments: damages.indices)
    func damageIsFound(_ index: Int) throws {
        var graph = try Self.sound()
        let (id, damage) = Self.damages[index]
        damage(&graph)
        let error = try #require(Self.diagnostic(graph), "\(id)")
        #expect(error.id == id, "\(error)")
        #expect(error.kind == .compilerBug)
        #expect(error.exitCode == 3)
        // What is refused can still be looked at.
        #expect(!graph.text.isEmpty)
    }

    @Test func bodyNameIsAlwaysTheSame() {
        let scan = Scan(count: 1, carried: 0, scanned: 0, reverse: false, body: Graph(name: "anything"))
        #expect(scan.body.name == Scan.bodyName)
    }
}
