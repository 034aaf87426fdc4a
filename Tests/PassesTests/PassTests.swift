import Graph
import Passes
import Testing

/// What passes do to whole graphs: samples of every operation, and everything that gradients are made of.
@Suite struct PassTests {
    struct Sample: Sendable, CustomStringConvertible {
        var description: String
        var graph: Graph
    }

    static func samples() throws -> [Sample] {
        var samples: [Sample] = []
        for definition in OpDefinition.all {
            samples.append(Sample(description: definition.spelling, graph: try GraphParser.parse(definition.sample, file: "sample")))
        }
        for example in GradientCase.all {
            var graph = try Graph.parsed(example.text)
            let floating = graph.outputs.map(\.value).filter { [graph] in graph.type(of: $0).elementType.isFloating }
            try graph.appendWeightedSum(of: floating, named: "loss", seed: 1)
            let names = graph.inputs.map(\.value).filter { [graph] in graph.type(of: $0).elementType.isFloating }
                .map { [graph] in graph.name(of: $0) }
            samples.append(Sample(description: "\(example)", graph: graph))
            let gradient = try Autodiff.gradient(of: graph, output: "loss", withRespectTo: names)
            samples.append(Sample(description: "gradient of \(example)", graph: gradient))
        }
        return samples
    }

    /// The passes, and by how much results may change.
    private static let passes: [(pass: GraphPass, tolerance: Double)] = [
        (DeadCode.pass, 0), (CommonSubexpressions.pass, 0), (ConstantFolding.pass, 0), (StopGradients.pass, 0),
        (Simplify.pass, 1e-14), (LoopReciprocals.pass, 1e-13), (LoopProducts.pass, 1e-13), (LoopSums.pass, 1e-13),
        (LoopLayouts.pass, 1e-13), (LoopInvariants.pass, 0),
    ]

    @Test func everyPassIsTested() {
        let tested = Set(Self.passes.map(\.pass.name))
        #expect(Set(Pipelines.optimize.map(\.name)) == tested)
        #expect(Set(PassRegistry.optionalNames).isSuperset(of: tested))
    }

    @Test(arguments: passes.map(\.pass.name))
    func meaningStays(_ name: String) throws {
        let (pass, tolerance) = try #require(Self.passes.first { $0.pass.name == name })
        for sample in try Self.samples() {
            let after = try pass.run(sample.graph)
            try GraphVerifier.verify(after)
            #expect(Self.interface(after) == Self.interface(sample.graph), "\(sample)")
            var random = Random(seed: 11)
            let inputs = random.inputs(sample.graph)
            for (found, expected) in zip(try after.run(inputs), try sample.graph.run(inputs)) {
                let isSame = found.isIdentical(to: expected) || found.relativeDistance(to: expected) < tolerance
                #expect(isSame, "\(sample)")
            }
        }
    }

    @Test(arguments: passes.map(\.pass.name))
    func twiceIsOnce(_ name: String) throws {
        let pass = try #require(Self.passes.first { $0.pass.name == name }).pass
        for sample in try Self.samples() {
            let once = try pass.run(sample.graph)
            // A rule may leave behind what another rule has made needless at once.
            #expect(try DeadCode.pass.run(pass.run(once)) == DeadCode.pass.run(once), "\(sample)")
        }
    }

    /// Names, types and roles of inputs and outputs.
    private static func interface(_ graph: Graph) -> [String] {
        graph.inputs.map { "\(graph.name(of: $0.value)) \(graph.type(of: $0.value)) \($0.role)" }
            + graph.outputs.map { "\($0.name) \(graph.type(of: $0.value)) \($0.updates ?? -1)" }
    }

    // MARK: The manager

    @Test func managerReportsAndSkips() throws {
        let graph = try Graph.parsed("input %x : f32[]\n%dead = exp %x : f32[]\noutput x = %x")
        let passes = [StopGradients.pass, DeadCode.pass]
        let (result, reports) = try PassManager().run(passes, on: graph)
        #expect(result.nodes.isEmpty)
        #expect(reports.map(\.pass) == passes.map(\.name))
        #expect(reports.map(\.changed) == [false, true])
        #expect(reports[1].nodesBefore == 1 && reports[1].nodesAfter == 0)
        let skipped = try PassManager(disabled: [DeadCode.pass.name]).run(passes, on: graph)
        #expect(skipped.graph == graph && skipped.reports.count == 1)
    }

    @Test func managerNamesThePassThatFails() throws {
        let graph = try Graph.parsed("input %x : f32[]\noutput x = %x")
        let breaking = GraphPass(name: "breaking", summary: "Names an output twice.") { graph throws(Diagnostic) in
            var graph = graph
            graph.outputs.append(graph.outputs[0])
            return graph
        }
        let failing = GraphPass(name: "failing", summary: "Fails.") { _ throws(Diagnostic) in
            throw Diagnostic("test.failure", "test", "fails")
        }
        for (pass, id) in [(breaking, "verify.output-name"), (failing, "test.failure")] {
            let error = try #require(throws: Diagnostic.self) { try PassManager().run([StopGradients.pass, pass], on: graph) }
            #expect(error.id == id && error.kind == .compilerBug && error.message.contains(pass.name))
        }
    }
}
