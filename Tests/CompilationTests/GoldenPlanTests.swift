import Compilation
import Graph
import Models
import Runtime
import Testing

/// Plans of small models against the numbers of the authors' model: losses, logits, gradients, and three training steps.
@Suite struct GoldenPlanTests {
    private func graphs(_ golden: GoldenCase) throws -> [Graph] {
        let compilation = try ModelCompilation(spec: golden.spec, dataset: nil)
        return try [PlanManifest.EntryKind.grad, .train].map { try compilation.graph($0, batch: golden.spec.training.batchSize) }
    }

    @Test(arguments: GoldenCase.names)
    func fusedPlan(_ name: String) throws {
        try compare(GoldenCase(name), unfused: false)
    }

    @Test(arguments: ["sims_small", "iemocap_small"])
    func planWithoutFusion(_ name: String) throws {
        try compare(GoldenCase(name), unfused: true)
    }

    private func compare(_ golden: GoldenCase, unfused: Bool) throws {
        let graphs = try graphs(golden)
        let plan = try CompiledPlan(graphs, unfused: unfused)
        try compareGradients(golden, named(graphs[0], plan.run(0, golden.inputs(graphs[0]), threads: 2)))
        var losses: [Double] = []
        var results: [String: [Double]] = [:]
        for step in 1...3 {
            results = named(graphs[1], try plan.run(1, step == 1 ? golden.inputs(graphs[1]) : [], threads: 2))
            losses += results["loss.total"] ?? []
        }
        let expected = golden.numbers("out.losses3")
        #expect(expected.count == 3 && zip(losses, expected).allSatisfy { isClose($0, $1) }, "\(losses) instead of \(expected)")
        compareParameters(golden, results, prefix: "", recorded: "adam3.")
    }

    private func named(_ graph: Graph, _ tensors: [Tensor]) -> [String: [Double]] {
        Dictionary(uniqueKeysWithValues: zip(graph.outputs.map(\.name), tensors.map(\.elements)))
    }

    private func isClose(_ found: Double, _ expected: Double) -> Bool {
        abs(found - expected) <= (abs(expected) < 1e-3 ? 5e-6 : 2e-6 * abs(expected))
    }

    private func compareGradients(_ golden: GoldenCase, _ results: [String: [Double]]) throws {
        let losses = [
            "loss.task": "task_loss", "loss.dec": "dec_loss", "loss.hete": "hete_loss", "loss.homo": "homo_loss",
            "loss.ct": "ct_loss", "loss.total": "total_loss", "grad_norm": "grad_norm",
        ]
        for (output, key) in losses {
            let found = try #require(results[output]?.first)
            let expected = try #require(golden.numbers("out.\(key)").first)
            #expect(isClose(found, expected), "\(golden.name), \(output): \(found) instead of \(expected)")
        }
        let logits = try #require(results["logits"])
        let expected = golden.numbers("out.output_logit")
        #expect(logits.count == expected.count && zip(logits, expected).allSatisfy { abs($0 - $1) <= 1e-5 }, "\(golden.name), logits")
        compareParameters(golden, results, prefix: "grad.", recorded: "grad.")
    }

    /// All parameters together, and each by itself.
    private func compareParameters(_ golden: GoldenCase, _ results: [String: [Double]], prefix: String, recorded: String) {
        var (difference, size) = (0.0, 0.0)
        #expect(!golden.parameters.isEmpty)
        for name in golden.parameters {
            let (found, expected) = (results["\(prefix)\(name)"] ?? [], golden.numbers("\(recorded)\(name)"))
            #expect(found.count == expected.count && !found.isEmpty, "\(golden.name), \(recorded)\(name)")
            let own = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let length = expected.reduce(0) { $0 + $1 * $1 }
            #expect(own <= 25e-8 * length, "\(golden.name), \(recorded)\(name): off by \((own / length).squareRoot())")
            difference += own
            size += length
        }
        #expect(difference <= 25e-10 * size, "\(golden.name), \(recorded): off by \((difference / size).squareRoot())")
    }
}
