import Graph
import Models
import Passes
import Testing

/// The gradient of the whole model's loss against differences along random directions, in double precision.
@Suite struct ModelGradientTests {
    private struct Problem {
        let graph: Graph
        let loss: Int
        let point: [Tensor]

        init(_ golden: GoldenCase, overrides: [String] = []) throws {
            let spec = try golden.spec.applying(overrides)
            let model = try DecAlign(spec: spec, sizes: ModelSizes(spec: spec))
            graph = try model.graph(.init(dropout: true, losses: true, elementType: .f64))
            loss = try #require(graph.outputs.firstIndex { $0.name == "loss.total" })
            point = golden.inputs(graph)
        }

        func value(_ direction: [[Double]], at distance: Double) throws -> Double {
            let inputs = zip(point, direction).map { tensor, direction in
                Tensor(tensor.type, zip(tensor.elements, direction).map { $0 + distance * $1 })
            }
            return try graph.run(inputs)[loss].scalar
        }
    }

    @Test(arguments: GoldenCase.names)
    func gradientIsTheSlope(_ name: String) throws {
        try check(Problem(GoldenCase(name)), seeds: 1...3)
    }

    @Test func gradientIsTheSlopeWithElementsDropped() throws {
        let rates = [
            "attn_dropout=0.3", "relu_dropout=0.2", "embed_dropout=0.2", "res_dropout=0.1", "output_dropout=0.2", "text_dropout=0.2",
        ]
        try check(Problem(GoldenCase("iemocap_small"), overrides: rates), seeds: 4...5)
    }

    @Test(arguments: ["mosi_small", "sumcost_small"])
    func gradientIsTheSlopeInThePapersForms(_ name: String) throws {
        let forms = ["decoupling=paper", "local_term=paper", "moments=paper", "gmm_covariance=full"]
        try check(Problem(GoldenCase(name), overrides: forms), seeds: 6...7)
    }

    /// Every part left out by itself, and all that leave a loss.
    @Test(arguments: ModelSpec.Ablation.allCases.map { [$0] } + [[.decoupling, .prototypeTransport, .semantic, .contrastive]])
    func gradientIsTheSlopeWithoutParts(_ parts: [ModelSpec.Ablation]) throws {
        let names = parts.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        try check(Problem(GoldenCase("mosi_small"), overrides: ["ablate=[\(names)]"]), seeds: 1...1)
    }

    private func check(_ problem: Problem, seeds: ClosedRange<Int>) throws {
        let gradient = try PassManager().run([Pipelines.gradient(of: "loss.total")], on: problem.graph).graph
        let results = try gradient.run(problem.point)
        let gradients = Dictionary(uniqueKeysWithValues: zip(gradient.outputs.map(\.name), results))
        for seed in seeds {
            var random = Random(seed: seed)
            var (direction, slope, squares) = ([[Double]](), 0.0, 0.0)
            for input in problem.graph.inputs {
                let count = problem.graph.type(of: input.value).elementCount
                guard input.role == .parameter else {
                    direction.append([Double](repeating: 0, count: count))
                    continue
                }
                let own = (0..<count).map { _ in random.uniform(-1...1) }
                direction.append(own)
                let tensor = try #require(gradients["grad.\(problem.graph.name(of: input.value))"])
                slope += zip(tensor.elements, own).reduce(0) { $0 + $1.0 * $1.1 }
                squares += tensor.elements.reduce(0) { $0 + $1 * $1 }
            }
            #expect(squares > 0)
            // So short that no unit of the many passes its kink.
            let step = 3e-8
            let near = try problem.value(direction, at: step) - problem.value(direction, at: -step)
            let far = try problem.value(direction, at: 2 * step) - problem.value(direction, at: -2 * step)
            let difference = (8 * near - far) / (12 * step)
            #expect(abs(difference - slope) <= 1e-6 * abs(slope), "seed \(seed): \(slope) instead of \(difference)")
        }
    }
}
