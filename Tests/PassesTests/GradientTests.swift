import Graph
import Passes
import Testing

/// Gradients against directional differences of the interpreter, in double precision.
@Suite struct GradientTests {
    @Test func everyOperationHasACase() throws {
        #expect(Set(GradientCase.all.map(\.op)) == Set(OpDefinition.all.map(\.spelling)))
        for example in GradientCase.all {
            let graph = try Graph.parsed(example.text)
            #expect(graph.contains { $0.spelling == example.op }, "\(example)")
        }
        for op in GradientCase.notDifferentiable.keys { #expect(OpDefinition.named(op) != nil, "\(op)") }
    }

    @Test(arguments: GradientCase.all)
    func gradientIsTheSlope(_ example: GradientCase) throws {
        for seed in 1...2 {
            let problem = try GradientProblem(example, seed: seed)
            let comment: Comment = "\(example), seed \(seed)"
            let gradient = try Autodiff.gradient(of: problem.graph, output: "loss", withRespectTo: problem.names)
            try GraphVerifier.verify(gradient)
            let results = try gradient.run(problem.point)
            let count = problem.graph.outputs.count
            #expect(gradient.outputs[count...].map(\.name) == problem.names.map { "grad.\($0)" })
            // What was there before is as it was.
            let before = try problem.graph.run(problem.point)
            #expect(zip(before, results).allSatisfy { $0.isIdentical(to: $1) }, comment)

            let gradients = Array(results[count...])
            if let reason = GradientCase.notDifferentiable[example.op] {
                #expect(gradients.allSatisfy { $0.elements.allSatisfy { $0 == 0 } }, "\(comment): \(reason)")
                continue
            }
            try problem.check(problem.graph, output: count - 1, gradients: gradients, comment)
            for (name, gradient) in zip(problem.names, gradients) {
                #expect(gradient.elements.contains { $0 != 0 }, "\(comment): \(name) has no gradient")
            }
            let optimized = try PassManager().run(Pipelines.optimize, on: gradient).graph
            for (a, b) in zip(try optimized.run(problem.point), results) { #expect(a.relativeDistance(to: b) < 1e-13, comment) }
        }
    }

    // MARK: Second derivatives

    private static let twice = [
        GradientCase(
            "dot, in a tanh",
            """
            input %x : f64[3,4]
            input %w : f64[4,2]
            %dot = dot %x, %w {batch=[[],[]], contract=[[1],[0]]} : f64[3,2]
            %y = tanh %dot : f64[3,2]
            output y = %y
            """),
        GradientCase(
            "power", positive: true,
            """
            input %x : f64[3]
            input %y : f64[3]
            %z = power %x, %y : f64[3]
            output z = %z
            """),
        GradientCase(
            "window, of a product",
            """
            input %x : f64[6]
            %square = multiply %x, %x : f64[6]
            %windows = window %square {axis=0, size=3} : f64[4,3]
            %y = exp %windows : f64[4,3]
            output y = %y
            """),
        GradientCase(
            "gather", integers: ["chosen": [1, 1, 0]],
            """
            input %rows : f64[2,2]
            input %chosen : i32[3]
            %taken = gather %rows, %chosen : f64[3,2]
            %y = multiply %taken, %taken : f64[3,2]
            output y = %y
            """),
        GradientCase(
            "reduce",
            """
            input %x : f64[3,4]
            %most = reduce %x {kind=maximum, axes=[1]} : f64[3]
            %spread = broadcast %most {axes=[0]} : f64[3,4]
            %low = subtract %x, %spread : f64[3,4]
            %e = exp %low : f64[3,4]
            %sum = reduce %e {kind=sum, axes=[1]} : f64[3]
            %y = log %sum : f64[3]
            output y = %y
            """),
    ] + GradientCase.matrices + GradientCase.scans

    /// The derivative of a weighted sum of the gradient.
    @Test(arguments: twice)
    func secondDerivative(_ example: GradientCase) throws {
        let seed = 3
        let problem = try GradientProblem(example, seed: seed)
        var gradient = try Autodiff.gradient(of: problem.graph, output: "loss", withRespectTo: problem.names)
        let gradients = gradient.outputs[problem.graph.outputs.count...].map(\.value)
        gradient.outputs = []
        try gradient.appendWeightedSum(of: gradients, named: "slope", seed: seed + 1)
        let second = try Autodiff.gradient(of: gradient, output: "slope", withRespectTo: problem.names)
        try GraphVerifier.verify(second)
        let results = try second.run(problem.point)
        try problem.check(gradient, output: 0, gradients: Array(results[1...]), "\(example), seed \(seed)")
    }

    @Test func aPassCanFollowAPass() throws {
        // Gradients of a graph that has been optimised after it was differentiated once.
        let problem = try GradientProblem(GradientCase("scan, in a scan", GradientCase.nested), seed: 5)
        let first = try Autodiff.gradient(of: problem.graph, output: "loss", withRespectTo: problem.names)
        var gradient = try PassManager().run(Pipelines.optimize, on: first).graph
        let gradients = gradient.outputs[problem.graph.outputs.count...].map(\.value)
        gradient.outputs = []
        try gradient.appendWeightedSum(of: gradients, named: "slope", seed: 6)
        let second = try Autodiff.gradient(of: gradient, output: "slope", withRespectTo: problem.names)
        let results = try second.run(problem.point)
        try problem.check(gradient, output: 0, gradients: Array(results[1...]), "seed 5")
    }

    // MARK: Where there is a choice

    private func gradients(_ text: String, _ inputs: [[Double]]) throws -> [[Double]] {
        let graph = try Graph.parsed(text)
        let names = graph.inputs.map { graph.name(of: $0.value) }
        let gradient = try Autodiff.gradient(of: graph, output: "loss", withRespectTo: names)
        let tensors = zip(graph.inputs, inputs).map { Tensor(graph.type(of: $0.value), $1) }
        return try gradient.run(tensors)[graph.outputs.count...].map(\.elements)
    }

    @Test(arguments: ["maximum", "minimum"])
    func atATieTheFirstOperandIsTaken(_ op: String) throws {
        let text = """
            input %a : f64[]
            input %b : f64[]
            %loss = \(op) %a, %b : f64[]
            output loss = %loss
            """
        #expect(try gradients(text, [[2], [2]]) == [[1], [0]])
    }

    @Test(arguments: ["maximum", "minimum"])
    func equalExtremesShareTheGradient(_ kind: String) throws {
        let text = """
            input %x : f64[5]
            %loss = reduce %x {kind=\(kind), axes=[0]} : f64[]
            output loss = %loss
            """
        let others = kind == "maximum" ? 1.0 : 7.0
        #expect(try gradients(text, [[3, others, 3, others, 3]]) == [[1.0 / 3, 0, 1.0 / 3, 0, 1.0 / 3]])
    }

    @Test func theLossMayBeAnInput() throws {
        #expect(try gradients("input %loss : f64[]\ninput %other : f64[2]\noutput loss = %loss", [[4], [1, 2]]) == [[1], [0, 0]])
    }

    @Test func nothingFlowsThroughIntegers() throws {
        let text = """
            input %x : f64[2]
            %whole = convert %x : i32[2]
            %back = convert %whole : f64[2]
            %loss = reduce %back {kind=sum, axes=[0]} : f64[]
            output loss = %loss
            """
        #expect(try gradients(text, [[1.5, 2.5]]) == [[0, 0]])
    }

    // MARK: Requests

    private func diagnostic(output: String, inputs: [String]?, _ text: String) throws -> String {
        let graph = try Graph.parsed(text)
        return try #require(throws: Diagnostic.self) {
            try Autodiff.gradient(of: graph, output: output, withRespectTo: inputs)
        }.id
    }

    @Test func whatCannotBeDifferentiatedIsRefused() throws {
        let text = """
            input %x : f64[2]
            input %n : i32[]
            %loss = reduce %x {kind=sum, axes=[0]} : f64[]
            output loss = %loss
            output x = %x
            output n = %n
            """
        #expect(try diagnostic(output: "other", inputs: nil, text) == "autodiff.output")
        #expect(try diagnostic(output: "x", inputs: nil, text) == "autodiff.scalar")
        #expect(try diagnostic(output: "n", inputs: nil, text) == "autodiff.scalar")
        #expect(try diagnostic(output: "loss", inputs: ["y"], text) == "autodiff.input")
    }

    @Test func parametersAreTheDefault() throws {
        let text = """
            input %x : f64[] parameter
            input %data : f64[]
            input %y : f64[] parameter
            input %state : f64[] state
            %loss = multiply %x, %data : f64[]
            output loss = %loss
            """
        let gradient = try Autodiff.gradient(of: Graph.parsed(text), output: "loss")
        #expect(gradient.outputs.map(\.name) == ["loss", "grad.x", "grad.y"])
    }

    @Test func parametersOutOfReachAreFound() throws {
        let text = """
            input %near : f64[2] parameter
            input %stopped : f64[2] parameter
            input %chooser : f64[2] parameter
            input %other : f64[2] parameter
            input %data : f64[2]
            %fixed = stop_gradient %stopped : f64[2]
            %first = multiply %near, %fixed : f64[2]
            %chosen = compare %chooser, %data {kind=lt} : bool[2]
            %second = select %chosen, %first, %data : f64[2]
            %loss = reduce %second {kind=sum, axes=[0]} : f64[]
            %more = reduce %other {kind=sum, axes=[0]} : f64[]
            output loss = %loss
            output more = %more
            """
        let graph = try Graph.parsed(text)
        #expect(GradientReach.unreachedParameters(graph, from: ["loss"]) == ["stopped", "chooser", "other"])
        #expect(GradientReach.unreachedParameters(graph, from: ["loss", "more"]) == ["stopped", "chooser"])
    }
}
