import Graph
import Models
import Passes
import Testing

/// What the graph passes do to whole models and to their gradients.
@Suite struct ModelPassTests {
    private static let names = ["mosi_small", "sims_small", "iemocap_small", "two_modalities"]

    private static func graphs(_ golden: GoldenCase) throws -> [Graph] {
        let spec = try golden.spec.applying(["res_dropout=0.1", "attn_dropout=0.2"])
        let model = try DecAlign(spec: spec, sizes: ModelSizes(spec: spec))
        let training = try model.graph(.training)
        return [training, try Autodiff.gradient(of: training, output: "loss.total")]
    }

    /// Passes that may round differently.
    private static let rounding = [Simplify.pass.name, LoopReciprocals.pass.name, LoopSums.pass.name]

    private static let passes = Set(Pipelines.optimize.map(\.name)).sorted()

    @Test(arguments: names, passes)
    func meaningStays(_ name: String, _ passName: String) throws {
        let golden = try GoldenCase(name)
        let pass = try #require(Pipelines.optimize.first { $0.name == passName })
        for graph in try Self.graphs(golden) {
            let after = try PassManager().run([pass], on: graph).graph
            // A rule may leave behind what another rule has made needless at once.
            let (once, twice) = (try DeadCode.pass.run(after), try DeadCode.pass.run(pass.run(after)))
            #expect(once == twice)
            #expect(after.inputs.count == graph.inputs.count && after.outputs.map(\.name) == graph.outputs.map(\.name))
            let inputs = golden.inputs(graph)
            let results = zip(try after.run(inputs), try graph.run(inputs))
            for (output, (found, expected)) in zip(graph.outputs, results) {
                // Rounding is all that simplification may change, relative to the loss where a gradient vanishes.
                let isSame = Self.rounding.contains(passName)
                    ? found.distance(to: expected, floor: 1e-3) < 1e-5 : found.isIdentical(to: expected)
                #expect(isSame, "\(output.name): off by \(found.distance(to: expected))")
            }
        }
    }

    @Test(arguments: names)
    func thePipelineLeavesNothingToDo(_ name: String) throws {
        for graph in try Self.graphs(GoldenCase(name)) {
            let optimized = try PassManager().run(Pipelines.optimize, on: graph).graph
            let again = try PassManager().run(Pipelines.optimize, on: optimized)
            #expect(again.graph == optimized, "changed again by \(again.reports.filter(\.changed).map(\.pass))")
            #expect(optimized.nodes.count < graph.nodes.count)
        }
    }
}
