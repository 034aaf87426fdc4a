import Graph
import Passes
import Testing

/// The training step's graph against the equations in plain Swift.
@Suite struct OptimizerStepTests {
    /// 0.5 · Σ c (p − t)² over three parameters, whose gradient is c (p − t).
    private static let shapes = ["a": "[3]", "b": "[2,2]", "c": "[]"]
    private static let names = ["a", "b", "c"]

    private static func loss() throws -> Graph {
        var body = ""
        for name in names {
            body += "input %\(name) : f64\(shapes[name]!) parameter\ninput %\(name).target : f64\(shapes[name]!)\n"
        }
        for name in names {
            let (shape, axes) = (shapes[name]!, name == "a" ? "[0]" : name == "b" ? "[0,1]" : "[]")
            body += """
                %\(name).curve = constant {value=\(name == "b" ? "4.0" : "0.5")} : f64\(shape)
                %\(name).error = subtract %\(name), %\(name).target : f64\(shape)
                %\(name).square = multiply %\(name).error, %\(name).error : f64\(shape)
                %\(name).scaled = multiply %\(name).square, %\(name).curve : f64\(shape)
                %\(name).sum = reduce %\(name).scaled {kind=sum, axes=\(axes)} : f64[]

                """
        }
        body += """
            %ab = add %a.sum, %b.sum : f64[]
            %abc = add %ab, %c.sum : f64[]
            %half = constant {value=0.5} : f64[]
            %loss = multiply %abc, %half : f64[]
            output loss = %loss
            """
        return try Graph.parsed(body)
    }

    private static let curves = ["a": 0.5, "b": 4, "c": 0.5]

    /// Adam as its authors write it, with weight decay in the gradient and the gradient clipped first.
    private struct Adam {
        var parameters: [String: [Double]]
        var first: [String: [Double]]
        var second: [String: [Double]]
        var step = 0
        var norm = 0.0

        mutating func update(targets: [String: [Double]], rate: Double, decay: Double, clip: Double?, frozen: Set<String>) {
            step += 1
            var gradients: [String: [Double]] = [:]
            for (name, values) in parameters where !frozen.contains(name) {
                gradients[name] = zip(values, targets[name]!).map { curves[name]! * ($0 - $1) }
            }
            norm = gradients.values.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
            let scale = clip.map { min(1, $0 / (norm + 1e-6)) } ?? 1
            for (name, gradient) in gradients {
                for index in gradient.indices {
                    let g = gradient[index] * scale + decay * parameters[name]![index]
                    first[name]![index] = 0.9 * first[name]![index] + 0.1 * g
                    second[name]![index] = 0.999 * second[name]![index] + 0.001 * g * g
                    let m = first[name]![index] / (1 - power(0.9, step))
                    let v = second[name]![index] / (1 - power(0.999, step))
                    parameters[name]![index] -= rate * m / (v.squareRoot() + 1e-8)
                }
            }
        }

        private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * base } }
    }

    struct Setting: Sendable, CustomStringConvertible {
        var decay: Double
        var clip: Double?
        var frozen: Set<String> = []
        var description: String { "decay \(decay), clip \(clip.map { "\($0)" } ?? "none"), frozen \(frozen.sorted())" }
    }

    @Test(arguments: [
        Setting(decay: 0), Setting(decay: 0.01), Setting(decay: 0, clip: 0.6), Setting(decay: 0.01, clip: 0.6),
        Setting(decay: 0.01, clip: 1e9), Setting(decay: 0.01, clip: 0.6, frozen: ["b"]), Setting(decay: 0.3, frozen: ["a", "c"]),
    ])
    func followsTheEquations(_ setting: Setting) throws {
        let step = OptimizerStep(weightDecay: setting.decay, clip: setting.clip, frozen: setting.frozen)
        let passes = [Pipelines.gradient(of: "loss"), Pipelines.optimizer(step)]
        let plain = try PassManager().run(passes, on: Self.loss()).graph
        var names = ["loss", "grad_norm", "adam.step"]
        for name in Self.names where !setting.frozen.contains(name) { names += [name, "adam.m.\(name)", "adam.v.\(name)"] }
        names += Self.names.filter(setting.frozen.contains)
        #expect(plain.outputs.map(\.name) == names)
        for graph in [plain, try PassManager().run(Pipelines.optimize, on: plain).graph] {
            try compare(graph, setting)
        }
    }

    private func compare(_ graph: Graph, _ setting: Setting) throws {
        var random = Random(seed: 9)
        var inputs = random.inputs(graph)
        for (position, input) in graph.inputs.enumerated() where input.role == .state {
            inputs[position] = Tensor(graph.type(of: input.value), repeating: 0)
        }
        func values(_ name: String) -> [Double] { graph.inputIndex(named: name).map { inputs[$0].elements } ?? [] }
        let targets = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, values("\($0).target")) })
        let parameters = Dictionary(uniqueKeysWithValues: Self.names.map { ($0, values($0)) })
        let zeros = parameters.mapValues { $0.map { _ in 0.0 } }
        var adam = Adam(parameters: parameters, first: zeros, second: zeros)
        let rate = try #require(graph.inputIndex(named: "learning_rate"))
        for iteration in 1...6 {
            // The rate may change from step to step.
            inputs[rate] = Tensor(scalar: iteration < 4 ? 0.05 : 0.005, .f64)
            let results = try graph.run(inputs)
            adam.update(
                targets: targets, rate: inputs[rate].scalar, decay: setting.decay, clip: setting.clip, frozen: setting.frozen)
            for (output, tensor) in zip(graph.outputs, results) {
                if let position = output.updates { inputs[position] = tensor }
            }
            let comment: Comment = "\(setting), step \(iteration)"
            let norm = try #require(graph.outputs.firstIndex { $0.name == "grad_norm" })
            #expect(abs(results[norm].scalar - adam.norm) <= 1e-13 * adam.norm, comment)
            for name in Self.names {
                #expect(Self.distance(values(name), adam.parameters[name]!) < 1e-12, comment)
                if setting.frozen.contains(name) {
                    #expect(values(name) == parameters[name], comment)
                } else {
                    #expect(values(name) != parameters[name], comment)
                    #expect(Self.distance(values("adam.m.\(name)"), adam.first[name]!) < 1e-12, comment)
                    #expect(Self.distance(values("adam.v.\(name)"), adam.second[name]!) < 1e-12, comment)
                }
            }
            #expect(values("adam.step") == [Double(iteration)], comment)
        }
    }

    private static func distance(_ a: [Double], _ b: [Double]) -> Double {
        guard a.count == b.count else { return .infinity }
        let size = max(b.map { abs($0) }.max() ?? 0, .leastNormalMagnitude)
        return zip(a, b).map { abs($0 - $1) / size }.max() ?? 0
    }

    @Test func gradientsAreNotReturned() throws {
        let graph = try PassManager().run([Pipelines.gradient(of: "loss")], on: Self.loss()).graph
        let step = try OptimizerStep(weightDecay: 0, clip: nil).apply(to: graph)
        #expect(graph.outputs.contains { $0.name.hasPrefix("grad.") })
        #expect(!step.outputs.contains { $0.name.hasPrefix("grad.") })
        // Every parameter and every state has its next content.
        let updated = Set(step.outputs.compactMap(\.updates))
        #expect(updated == Set(step.inputs.indices.filter { step.inputs[$0].role != .data }))
    }

    @Test func normIsThatOfAllGradients() throws {
        let graph = try PassManager().run([Pipelines.gradient(of: "loss"), Pipelines.gradientNorm], on: Self.loss()).graph
        var random = Random(seed: 10)
        let results = try graph.run(random.inputs(graph))
        var squares = 0.0
        for (output, tensor) in zip(graph.outputs, results) where output.name.hasPrefix("grad.") {
            squares += tensor.elements.reduce(0) { $0 + $1 * $1 }
        }
        #expect(graph.outputs.last?.name == "grad_norm")
        #expect(abs(results[results.count - 1].scalar - squares.squareRoot()) < 1e-14 * squares.squareRoot())
    }

    @Test func whatCannotBeTrainedIsRefused() throws {
        func id(_ body: String, _ step: OptimizerStep) throws -> String {
            let graph = try Graph.parsed(body)
            return try #require(throws: Diagnostic.self) { try step.apply(to: graph) }.id
        }
        let step = OptimizerStep(weightDecay: 0, clip: nil)
        let parameter = "input %p : f32[] parameter\noutput loss = %p"
        #expect(try id("input %x : f32[]\noutput loss = %x", step) == "optimizer.parameters")
        #expect(try id(parameter, OptimizerStep(weightDecay: 0, clip: nil, frozen: ["p"])) == "optimizer.parameters")
        #expect(try id(parameter, step) == "optimizer.gradient")
    }
}
