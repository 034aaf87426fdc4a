import Compilation
import Graph
import Models
import Runtime
import Testing

/// Losses and gradients of a model with full covariances and the paper's other forms: the plan against the interpreter in double
/// precision. The covariances have condition numbers of about 1000, so that single precision leaves four digits of a gradient.
@Suite struct FullCovariancePlanTests {
    @Test(arguments: ["mosi_small", "fewer_than_k"])
    func plansAgree(_ name: String) throws {
        let golden = try GoldenCase(name)
        let forms = ["gmm_covariance=full", "decoupling=paper", "local_term=paper", "moments=paper"]
        let spec = try golden.spec.applying(forms)
        let graph = try ModelCompilation(spec: spec, dataset: nil).graph(.grad, batch: spec.training.batchSize)
        let inputs = golden.inputs(graph)
        let precise = try graph.widened.run(inputs.map(\.widened))
        for unfused in [true, false] {
            let plan = try CompiledPlan([graph], unfused: unfused)
            let first = try plan.run(0, inputs, threads: 1)
            #expect(zip(first, try plan.run(0, inputs, threads: 3)).allSatisfy { $0.isIdentical(to: $1) })
            for (output, (found, expected)) in zip(graph.outputs, zip(first, precise)) {
                let distance = found.widened.distance(to: expected, floor: 1e-3)
                #expect(distance < (output.name.hasPrefix("loss") ? 1e-4 : 1e-3), "\(output.name), unfused: \(unfused)")
            }
        }
    }
}
