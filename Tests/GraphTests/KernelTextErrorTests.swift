import Graph
import Testing

/// Texts of kernel graphs that must be refused, and damage to sound kernel graphs that the verifier must find.
@Suite struct KernelTextErrorTests {
    private static let refused = "Tests/Golden/levels/refused.kernels.dg"

    private static func diagnostic(_ body: () throws(Diagnostic) -> Void) -> Diagnostic? {
        do throws(Diagnostic) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: try RefusedText.all(in: refused))
    func refusedWithIdAndPlace(_ sample: RefusedText) throws {
        try sample.expect(
            Self.diagnostic { () throws(Diagnostic) in _ = try KernelGraph.parse(sample.text, file: "sample.dg") })
    }

    private static let damages: [(id: String, damage: @Sendable (inout KernelGraph) -> Void)] = [
        ("kernels.tensor-range", { $0.inputs[0].tensor = TensorID(99) }),
        ("kernels.tensor-range", { $0.kernels[0].operands[0] = TensorID(-1) }),
        ("kernels.tensor-range", { $0.kernels[0].results[0] = TensorID(99) }),
        ("kernels.tensor-range", { $0.outputs[0].tensor = TensorID(99) }),
        ("kernels.tensor-range", { $0.tensors[3].origin = .view(TensorID(99)) }),
        ("kernels.numbering", { $0.inputs.swapAt(0, 1) }),
        ("kernels.numbering", { $0.kernels.swapAt(0, 1) }),
        ("kernels.numbering", { $0.kernels.removeLast() }),
        ("kernels.numbering", { $0.kernels.append($0.kernels[0]) }),
        ("kernels.numbering", { $0.kernels[0].results = [] }),
        ("kernels.numbering", { $0.kernels[0].results.append(TensorID(4)) }),
        ("kernels.numbering", { $0.tensors[4].origin = .kernel(-1) }),
        ("kernels.numbering", { $0.tensors[4].origin = .kernel(1) }),
        ("kernels.origin", { $0.tensors[0].origin = .view(TensorID(1)) }),
        ("kernels.origin", { $0.inputs.removeLast() }),
        ("kernels.origin", { $0.tensors[4].origin = .input(0) }),
        ("kernels.use-before-definition", { $0.tensors[3].origin = .view(TensorID(3)) }),
        ("kernels.use-before-definition", { $0.tensors[3].origin = .view(TensorID(4)) }),
        ("kernels.use-before-definition", { $0.kernels[0].operands[0] = TensorID(4) }),
        ("kernels.name", { $0.tensors[4].name = "x" }),
        ("kernels.name", { $0.tensors[4].name = "" }),
        ("kernels.kernel-name", { $0.kernels[1].name = "h" }),
        ("kernels.kernel-name", { $0.kernels[1].name = "" }),
        ("type.extent", { $0.tensors[3].type.shape = [-4, -4] }),
        ("type.size", { $0.tensors[0].type.shape = [1 << 62, 4] }),
        ("kernels.view-type", { $0.tensors[3].type.shape = [4, 3] }),
        ("kernels.view-type", { $0.tensors[3].type.elementType = .i32 }),
        ("kernels.operand-types", { $0.kernels[0].operands.swapAt(0, 1); $0.kernels[0].operands[0] = TensorID(2) }),
        ("kernels.operand-types", { $0.kernels[0].operands.removeLast() }),
        ("kernels.result-types", { $0.tensors[6].type.shape = [15] }),
        ("kernels.body-role", { $0.kernels[0].body.inputs[0].role = .state }),
        ("kernels.body-role", { $0.kernels[5].body.inputs[0].role = .state; $0.kernels[5].body.outputs[0].updates = 0 }),
        ("kernels.body-name", { $0.kernels[0].body.name = "other" }),
        ("verify.value-range", { $0.kernels[0].body.nodes[0].operands[0] = ValueID(7) }),
        ("verify.result-type", { $0.kernels[0].body.values[2].type.shape = [2] }),
        ("kernels.root", { $0.kernels[1].body.outputs[0].value = ValueID(0); $0.tensors[6].type.shape = [4, 4] }),
        ("kernels.form", { $0.kernels[0].form = .pointwise }),
        ("kernels.result-shape", { $0.returnTwoShapes() }),
        ("kernels.form", { $0.kernels[1].form = .loop }),
        ("kernels.form", { $0.kernels[2].form = .accumulation }),
        ("kernels.output-name", { $0.outputs[1].name = "y" }),
        ("kernels.output-name", { $0.outputs[1].name = "" }),
        ("kernels.output-origin", { $0.outputs[0].tensor = TensorID(0) }),
        ("kernels.output-origin", { $0.outputs[0].tensor = TensorID(3) }),
        ("kernels.output-origin", { $0.outputs[1].tensor = $0.outputs[2].tensor }),
        ("kernels.updates-input", { $0.outputs[0].updates = 3 }),
        ("kernels.updates-type", { $0.outputs[0].updates = 1 }),
        ("kernels.updates-role", { $0.inputs[1].role = .data }),
        ("kernels.updates-once", { $0.outputs[2].updates = 1 }),
        ("kernels.decision", { $0.decisions[0].value = "" }),
    ]

    @Test(arguments: damages.indices) func verifierFindsDamage(_ index: Int) throws {
        var kernels = try KernelGraph.parse(try KernelTextTests.golden("train"), file: "train")
        Self.damages[index].damage(&kernels)
        let error = try #require(
            Self.diagnostic { () throws(Diagnostic) in try KernelGraphVerifier.verify(kernels) }, "damage \(index)")
        #expect(error.id == Self.damages[index].id, "damage \(index): \(error)")
        #expect(error.exitCode == 3)
        // What is refused can be looked at.
        #expect(kernels.text.hasPrefix("dg 1 kernels\n\nkernels @train {\n"))
    }

    @Test func unchangedInputMayBeAnOutput() throws {
        var kernels = try KernelGraph.parse(try KernelTextTests.golden("train"), file: "train")
        kernels.outputs[1].tensor = kernels.inputs[1].tensor
        try KernelGraphVerifier.verify(kernels)
        #expect(try KernelGraph.parse(kernels.text, file: "printed") == kernels)
    }

    @Test func everyRuleIsProvoked() throws {
        let promised = try promisedRules(in: ["Sources/Graph/Levels/KernelGraphVerifier.swift"], prefix: "kernels.")
        #expect(promised.count == 21)
        #expect(promised.subtracting(Self.damages.map(\.id)).sorted() == [])
    }

    @Test func everyRuleOfLinesIsProvokedByText() throws {
        let provoked = Set(try RefusedText.all(in: Self.refused).map(\.id))
        let source = try TestFiles.read("Sources/Graph/Levels/KernelGraphRules.swift")
        var rules = Set(source.matches(of: #/"(kernels\.(?:[a-z]+-[a-z-]+|root|form))", /#).map { String($0.output.1) })
        #expect(rules.count > 10)
        // The text cannot spell these.
        rules.subtract(["kernels.body-name", "kernels.updates-input"])
        #expect(rules.subtracting(provoked).sorted() == [])
    }
}

extension KernelGraph {
    /// Makes the last kernel a pointwise one that returns its operand's exponentials, and one element of it.
    fileprivate mutating func returnTwoShapes() {
        let index = kernels.count - 1
        let (all, one) = (TensorType(.f32, [16]), TensorType(.f32, [1]))
        tensors[kernels[index].results[0].index].type = one
        kernels[index].results.append(TensorID(tensors.count))
        tensors.append(Tensor(name: "exp", type: all, origin: .kernel(index)))
        kernels[index].form = .pointwise
        var body = kernels[index].body
        let (operand, exp, part) = (body.inputs[0].value, ValueID(1), ValueID(2))
        body.values = [
            body.values[0], Graph.Value(name: "exp", type: all, definition: .node(NodeID(0), result: 0)),
            Graph.Value(name: "part", type: one, definition: .node(NodeID(1), result: 0)),
        ]
        body.nodes = [
            Graph.Node(op: .unary(.exp), operands: [operand], results: [exp]),
            Graph.Node(op: .slice(starts: [0], limits: [1], strides: [1]), operands: [operand], results: [part]),
        ]
        body.outputs = [Graph.Output(name: "part", value: part), Graph.Output(name: "exp", value: exp)]
        kernels[index].body = body
    }
}
