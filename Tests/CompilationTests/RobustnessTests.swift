import Compilation
import Graph
import Models
import Passes
import Runtime
import Testing

/// Data and settings at the edge: results are finite, and those of the interpreter.
@Suite struct RobustnessTests {
    /// Every output of an entry, against the interpreter with what rounding explains.
    private func expectAgreement(
        _ plan: CompiledPlan, _ entry: Int, _ graph: Graph, _ inputs: [Tensor], _ what: String, tolerance: Double = 1e-4
    ) throws {
        let expected = try ReferenceRun(graph, inputs: inputs)
        let found = try plan.run(entry, inputs, threads: 2)
        for (value, tensor) in zip(expected.outputs, found) {
            #expect(tensor.elements.allSatisfy { $0.isFinite }, "\(what): \(value.name) is not finite")
            #expect(value.tensor.elements.allSatisfy { $0.isFinite }, "\(what): \(value.name) is not finite in the interpreter")
            let disagreement = Disagreement(
                ReferenceRun.Value(value.name, computed: tensor), from: value, tolerance: tolerance)
            #expect(disagreement == nil, "\(what): \(String(describing: disagreement))")
        }
    }

    // MARK: Transport

    private struct Transport: CustomStringConvertible {
        var weight: Double
        var domain: ModelSpec.TransportDomain
        var description: String { "λ = \(weight), \(domain)" }

        func graph(_ type: ElementType = .f32) throws -> Graph {
            var graph = try Examples.sinkhorn(
                count: 5, entropyWeight: weight, iterations: 30, domain: domain, elementType: type)
            graph.name = "\(domain) \(weight)"
            let gradient = try Autodiff.gradient(of: graph, output: "loss", withRespectTo: ["cost"])
            return try PassManager().run(Pipelines.optimize, on: gradient).graph
        }
    }

    private static let transports = ModelSpec.TransportDomain.allCases.flatMap { domain in
        [1e-3, 0.1, 1, 10].map { Transport(weight: $0, domain: domain) }
    }

    private static let transportPlan = Result { try CompiledPlan(try transports.map { try $0.graph() }) }

    private func cost(_ scale: Double, seed: Int, _ type: ElementType = .f32) -> Tensor {
        var random = Random(seed: seed)
        return Tensor(TensorType(type, [5, 5, 5]), (0..<125).map { _ in Double(Float(random.uniform(0...scale))) })
    }

    @Test(arguments: transports.indices, [1e-3, 1.0, 100, 1e4])
    func transportIsFiniteForAllCostsAndWeights(_ entry: Int, _ scale: Double) throws {
        let plan = try Self.transportPlan.get()
        let graph = plan.entries[entry].graph
        try expectAgreement(plan, entry, graph, [cost(scale, seed: 11, .f32)], "\(Self.transports[entry]), costs to \(scale)")
    }

    /// Where the kernel is no zero, both domains compute the same.
    @Test(arguments: [0.1, 1, 10]) func domainsAgree(_ weight: Double) throws {
        let inputs = [cost(1, seed: 12, .f64)]
        let linear = try Transport(weight: weight, domain: .linear).graph(.f64).run(inputs)
        let log = try Transport(weight: weight, domain: .log).graph(.f64).run(inputs)
        // The scalings of the linear domain have 1e-8 added below the fraction line.
        for (a, b) in zip(linear, log) { #expect(a.distance(to: b) < 1e-5) }
    }

    /// After its update the last marginal is met exactly, however small λ is: the total mass is one.
    @Test(arguments: [1e-3, 10], [1.0, 1e4]) func logDomainKeepsTheMass(_ weight: Double, _ scale: Double) throws {
        let graph = try Examples.sinkhorn(count: 5, entropyWeight: weight, iterations: 30, domain: .log, elementType: .f64)
        let values = try Interpreter().allValues(graph, [cost(scale, seed: 13, .f64)])
        let plan = try #require(graph.values.firstIndex { $0.name == "plan" })
        #expect(abs(values[plan].elements.reduce(0, +) - 1) < 1e-9)
    }

    @Test(arguments: [0.01, 0.1, 10]) func gradientOfTheLogDomainIsTheSlope(_ weight: Double) throws {
        let plain = try Examples.sinkhorn(count: 5, entropyWeight: weight, iterations: 30, domain: .log, elementType: .f64)
        let cost = cost(1, seed: 14, .f64)
        let gradient = try #require(try Transport(weight: weight, domain: .log).graph(.f64).run([cost]).last).elements
        var random = Random(seed: 15)
        let direction = cost.elements.map { _ in random.uniform(-1...1) }
        let step = 1e-6
        func loss(_ distance: Double) throws -> Double {
            let moved = zip(cost.elements, direction).map { $0 + distance * $1 }
            return try plain.run([Tensor(cost.type, moved)])[0].scalar
        }
        let slope = try (loss(step) - loss(-step)) / (2 * step)
        let expected = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(slope - expected) < 1e-6 * max(1, abs(expected)), "\(slope) and \(expected)")
    }

    // MARK: Models

    /// What is changed of a model that is sound otherwise.
    enum Degenerate: String, CaseIterable {
        case equalSamples, constantFeatures, zeroFeatures, equalLabels, tiedLabels, hugeFeatures
    }

    private static func gradientGraph(_ overrides: [String], batch: Int) throws -> (golden: GoldenCase, graph: Graph) {
        let golden = try GoldenCase("mosi_small")
        let spec = try golden.spec.applying(["ct_weight=0.1"] + overrides)
        var graph = try ModelCompilation(spec: spec, dataset: nil, batchSizes: [batch]).graph(.grad, batch: batch)
        graph.name = "\(overrides) \(batch)"
        return (golden, graph)
    }

    private static let model = Result {
        let (golden, graph) = try gradientGraph([], batch: 8)
        return (golden: golden, graph: graph, plan: try CompiledPlan([graph]))
    }

    @Test(arguments: Degenerate.allCases) func modelsAreFiniteOnDegenerateData(_ degenerate: Degenerate) throws {
        let (golden, graph, plan) = try Self.model.get()
        let inputs = zip(graph.inputs, golden.inputs(graph)).map { input, tensor in
            degenerate.changed(graph.name(of: input.value), tensor)
        }
        try expectAgreement(plan, 0, graph, inputs, degenerate.rawValue, tolerance: 1e-3)
    }

    /// One sample, one step of time, more prototypes than samples, and all of it together.
    @Test func modelsOfTheSmallestSizesAreFinite() throws {
        let sizes: [(overrides: [String], batch: Int)] = [
            ([], 1), (["seq_lens=[1,1,1]"], 8), (["num_prototypes=12"], 4), (["seq_lens=[1,1,1]", "num_prototypes=5"], 1),
            (["ot_domain=log"], 4),
        ]
        let cases = try sizes.map { try Self.gradientGraph($0.overrides, batch: $0.batch) }
        let plan = try CompiledPlan(cases.map(\.graph))
        for (entry, size) in sizes.enumerated() {
            let graph = cases[entry].graph
            var random = Random(seed: 20 + entry)
            let inputs = graph.inputs.map { input in
                let (name, type) = (graph.name(of: input.value), graph.type(of: input.value))
                guard input.role == .parameter else { return random.tensor(type) }
                return Tensor(type, cases[entry].golden.numbers("param.\(name)"))
            }
            try expectAgreement(plan, entry, graph, inputs, "\(size)", tolerance: 1e-3)
        }
    }
}

extension RobustnessTests.Degenerate {
    /// The input as it is in this case.
    fileprivate func changed(_ name: String, _ tensor: Tensor) -> Tensor {
        let isFeature = ["text", "audio", "vision"].contains(name)
        let (type, count) = (tensor.type, tensor.elements.count)
        switch self {
        case .equalSamples where isFeature:
            let size = count / type.shape[0]
            return Tensor(type, (0..<count).map { tensor.elements[$0 % size] })
        case .constantFeatures where isFeature: return Tensor(type, repeating: 0.5)
        case .zeroFeatures where isFeature: return Tensor(type, repeating: 0)
        case .hugeFeatures where isFeature: return Tensor(type, tensor.elements.map { 1e4 * $0 })
        case .equalLabels where name == "label": return Tensor(type, repeating: 1)
        // Halves are rounded to even buckets: −0.5 and 0.5 are in that of 0, 1.5 and 2.5 in that of 2.
        case .tiedLabels where name == "label": return Tensor(type, (0..<count).map { Double($0 % 4) - 0.5 })
        case .equalSamples, .constantFeatures, .zeroFeatures, .hugeFeatures, .equalLabels, .tiedLabels: return tensor
        }
    }
}
