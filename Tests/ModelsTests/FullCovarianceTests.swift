import Graph
import Models
import Testing

/// Mixtures with full covariances against numbers that numpy computed in double precision from the features and weights of the
/// golden model: five iterations of expectation maximisation with `linalg.inv` and `linalg.slogdet`, fifty of Sinkhorn, and
/// tr(Σ₁ + Σ₂ − 2 (Σ₁^½ Σ₂ Σ₁^½)^½) with both roots by `linalg.eigh`. The smallest eigenvalues of the covariances are the floor.
@Suite struct FullCovarianceTests {
    /// For each pair of a text and an audio prototype.
    private let distances = [
        0.18042336922385271, 0.18019396642320656, 0.14421518309081657, 0.19366142733403657, 0.21410720536535605,
        0.18087921046540484, 0.14626438576489828, 0.16036781073125228, 0.16246916564528704,
    ]

    private struct Loss: Sendable {
        var reduction: String
        var mahalanobis: Bool
        var value: Double
    }

    private static let losses = [
        Loss(reduction: "mean", mahalanobis: false, value: -0.2906853677606953),
        Loss(reduction: "sum", mahalanobis: true, value: 3662.7721285557377),
    ]

    private func run(_ elementType: ElementType, _ overrides: [String] = []) throws -> (graph: Graph, values: [Tensor]) {
        let golden = try GoldenCase("mosi_small")
        let spec = try golden.spec.applying(["gmm_covariance=full"] + overrides)
        let graph = try DecAlign(spec: spec, sizes: ModelSizes(spec: spec))
            .graph(.init(dropout: false, losses: true, elementType: elementType))
        let given = try golden.inputs(graph)
        let inputs = try graph.inputs.map { input in try #require(given[graph.name(of: input.value)]) }
        return (graph, try Interpreter().allValues(graph, inputs))
    }

    @Test func wassersteinDistances() throws {
        let (graph, values) = try run(.f64)
        let index = try #require(graph.values.firstIndex { $0.name == "hete/cost_la/spread.f64" })
        #expect(values[index].elements.count == distances.count)
        for (found, expected) in zip(values[index].elements, distances) { #expect(abs(found - expected) < 1e-10) }
    }

    @Test(arguments: [0, 1]) func heterogeneousLoss(_ number: Int) throws {
        let loss = Self.losses[number]
        let overrides = ["hetero_cost_reduction=\(loss.reduction)", "local_proto_mahalanobis=\(loss.mahalanobis)"]
        for (elementType, tolerance) in [(ElementType.f64, 1e-9), (.f32, 2e-3)] {
            let (graph, values) = try run(elementType, overrides)
            let output = try #require(graph.outputs.first { $0.name == "loss.hete" })
            let found = values[output.value.index].scalar
            #expect(abs(found - loss.value) <= tolerance * abs(loss.value), "\(elementType): \(found)")
        }
    }

    @Test(arguments: [
        ["batch_size=1"], ["num_prototypes=1"], ["num_prototypes=12"], ["dst_feature_dim_nheads=[1,1]"], ["gmm_var_floor=1e-8"],
        ["local_proto_mahalanobis=true", "use_sequence_mask=true"], ["gmm_em_iters=1"],
    ])
    func cornersAreFinite(_ overrides: [String]) throws {
        let golden = try GoldenCase("mosi_small")
        let spec = try golden.spec.applying(["gmm_covariance=full"] + overrides)
        let graph = try DecAlign(spec: spec, sizes: ModelSizes(spec: spec)).graph(.evaluation)
        var inputs: [String: Tensor] = [:]
        for (position, input) in graph.inputs.enumerated() {
            let type = graph.type(of: input.value)
            let elements = (0..<type.elementCount).map { Philox.uniform(index: $0, stream: position, key: (1, 2)) - 0.5 }
            inputs[graph.name(of: input.value)] = Tensor(type, elements)
        }
        for (name, tensor) in try Interpreter().run(graph, inputs: inputs) {
            #expect(tensor.elements.allSatisfy { $0.isFinite }, "\(name) is not finite")
        }
    }
}
