import Compilation
import Graph
import Models
import Runtime
import Testing

/// The source of a plan is one file, which compiles as a whole and in parts.
@Suite struct SourcePartsTests {
    @Test func partsAreTheWhole() throws {
        let golden = try GoldenCase("mosi_small")
        let graph = try ModelCompilation(spec: golden.spec, dataset: nil).graph(.grad, batch: golden.spec.training.batchSize)
        let parts = try CompiledPlan([graph])
        let whole = try CompiledPlan([graph], isWhole: true)
        try #require(parts.parts > 1)
        let inputs = golden.inputs(graph)
        for (a, b) in try zip(parts.run(0, inputs, threads: 2), whole.run(0, inputs, threads: 2)) {
            #expect(a.isIdentical(to: b))
        }
    }
}
