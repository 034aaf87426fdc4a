import Graph
import Models
import Testing

/// The graphs that show what a model computes on the way hold what the model computes.
@Suite struct InspectionTests {
    private func features(_ golden: GoldenCase) throws -> [String: Tensor] {
        let graph = try golden.model().featureGraph()
        return try Interpreter().run(graph, inputs: golden.inputs(graph))
    }

    @Test(arguments: GoldenCase.names) func `features are those of the prediction`(_ name: String) throws {
        let golden = try GoldenCase(name)
        let graph = try golden.model().graph(.inference)
        let expected = try Interpreter().run(graph, inputs: golden.inputs(graph))
        let found = try features(golden)
        #expect(found["logits"]?.elements == expected["logits"]?.elements)
        let representation = try #require(expected["final_rep"])
        let width = representation.type.shape[1] / 6
        var parts = 0
        for (position, stage) in [DecAlign.Stage.attended, .common].enumerated() {
            for (number, modality) in Modality.allCases.enumerated() {
                guard let part = found[DecAlign.featureName(stage, modality)] else { continue }
                parts += 1
                for row in 0..<part.type.shape[0] {
                    let start = row * 6 * width + (position * 3 + number) * width
                    #expect(part.elements[(row * width)..<((row + 1) * width)] == representation.elements[start..<(start + width)])
                }
            }
        }
        #expect(parts == 2 * golden.spec.architecture.activeModalities.count)
    }

    @Test(arguments: ["mosi_small", "iemocap_small", "masked_small", "fewer_than_k"])
    func `the transport plan is that of the loss`(_ name: String) throws {
        let golden = try GoldenCase(name)
        let model = try golden.model()
        var loss = try model.graph(.evaluation)
        // The last of plan, plan-2, …: each multiplies one more scaling.
        let scaled = loss.values.indices.last {
            loss.values[$0].name.hasPrefix("hete/sinkhorn/plan") && !loss.values[$0].name.contains("plan.")
        }
        loss.outputs.append(Graph.Output(name: "plan", value: ValueID(try #require(scaled)), updates: nil))
        let expected = try #require(try Interpreter().run(loss, inputs: golden.inputs(loss))["plan"])
        let graph = try #require(try model.transportGraph(samples: model.sizes.batch))
        let features = try features(golden)
        let inputs = graph.inputs.map { graph.name(of: $0.value) }
        let plan = try #require(
            try Interpreter().run(graph, inputs: features.filter { inputs.contains($0.key) })["plan"])
        #expect(plan.elements == expected.elements)
        #expect(abs(plan.elements.reduce(0, +) - 1) < 1e-3 && plan.elements.allSatisfy { $0 >= 0 })
    }

    @Test func `nothing is transported between two modalities`() throws {
        #expect(try GoldenCase("two_modalities").model().transportGraph(samples: 4) == nil)
    }
}
