import Graph
import Passes
import Testing

/// Attention in blocks of query rows agrees with the interpreter for any number of threads, and needs no memory for all scores.
@Suite struct RowBlockAgreementTests {
    private static let cases = Result { try AgreementCase.longAttention() }
    private static let plan = Result { try CompiledPlan(cases.get().map(\.graph)) }

    @Test func plansCompile() throws {
        #expect(try Self.plan.get().entries.count == Self.cases.get().count)
    }

    @Test(arguments: (try? cases.get().map(\.description)) ?? [])
    func agree(_ name: String) throws {
        guard let plan = try? Self.plan.get() else { return }
        let cases = try Self.cases.get()
        let entry = try #require(cases.firstIndex { $0.description == name })
        let inputs = cases[entry].inputs(seed: 1)
        let expected = try cases[entry].graph.run(inputs)
        var first: [Tensor]?
        for threads in 1...3 {
            _ = try plan.run(entry, cases[entry].inputs(seed: 100 + threads), threads: threads)
            let found = try plan.run(entry, inputs, threads: threads)
            for (position, output) in cases[entry].graph.outputs.enumerated() {
                let distance = found[position].distance(to: expected[position])
                #expect(distance < 2e-5, "\(output.name), \(threads) threads")
                #expect(first.map { found[position].isIdentical(to: $0[position]) } ?? true, "\(output.name), \(threads) threads")
            }
            first = first ?? found
        }
    }

    @Test(arguments: (try? cases.get().map(\.description)) ?? [])
    func rowsAreTakenInBlocks(_ name: String) throws {
        guard let plan = try? Self.plan.get() else { return }
        let entry = try #require(try Self.cases.get().firstIndex { $0.description == name })
        let blocks = plan.entries[entry].kernels.kernels.flatMap { $0.tiling?.blocks ?? [] }
        #expect(!blocks.isEmpty)
    }

    /// Twice as long sequences need twice the memory, thread's scratch memory included, not four times.
    @Test func memoryIsLinearInTheLength() throws {
        var bytes: [Int] = []
        for steps in [250, 500, 1000] {
            let example = try AgreementCase.attention("length \(steps)", batch: 2, heads: 2, queries: steps, keys: steps, width: 8)
            let result = try PlanCompiler().compile([example.graph])
            bytes.append(result.threadScratchBytes + result.entries[0].program.workspaceBytes)
        }
        #expect(bytes[1] < 5 * bytes[0] / 2 && bytes[2] < 5 * bytes[1] / 2, "\(bytes)")
    }
}

extension AgreementCase {
    static func longAttention() throws -> [AgreementCase] {
        [
            // 211 and 197 are primes: the last block is shorter, and rows are not whole vectors.
            try attention("attention of 211 to 190 steps", batch: 2, heads: 2, queries: 211, keys: 190, width: 4, rate: 0.25),
            try attention("attention of 240 to 197 steps", batch: 3, heads: 1, queries: 240, keys: 197, width: 8),
            try attention("attention of 150 to 400 steps, wide heads", batch: 1, heads: 2, queries: 150, keys: 400, width: 24),
            try attention("attention of 225 steps to themselves", batch: 2, heads: 2, queries: 225, keys: nil, width: 8, rate: 0.1),
            try layer(3, 211, 16, 2), try layer(8, 200, 8, 1),
        ]
    }

    /// Attention with dropout and its gradients; without a number of keys, queries, keys and values are one tensor.
    static func attention(
        _ name: String, batch: Int, heads: Int, queries: Int, keys: Int?, width: Int, rate: Double = 0
    ) throws -> AgreementCase {
        let (b, h, t, s, d) = (batch, heads, queries, keys ?? queries, width)
        let scores = "f32[\(b),\(h),\(t),\(s)]"
        let sources = keys == nil ? ["query"] : ["query", "keys", "values"]
        let inputs = keys == nil
            ? "input %query : f32[\(b),\(t),\(h),\(d)]"
            : "input %query : f32[\(b),\(t),\(h),\(d)]\n" + ["keys", "values"].map { "input %\($0) : f32[\(b),\(s),\(h),\(d)]" }
                .joined(separator: "\n")
        let (k, v) = keys == nil ? ("query", "query") : ("keys", "values")
        let graph = try Graph.parsed(
            """
            \(inputs)
            input %seed : i32[2]
            %scores = dot %query, %\(k) {batch=[[0,2],[0,2]], contract=[[3],[3]]} : \(scores)
            %max = reduce %scores {kind=maximum, axes=[3]} : f32[\(b),\(h),\(t)]
            %max.all = broadcast %max {axes=[0,1,2]} : \(scores)
            %shifted = subtract %scores, %max.all : \(scores)
            %exp = exp %shifted : \(scores)
            %sum = reduce %exp {kind=sum, axes=[3]} : f32[\(b),\(h),\(t)]
            %sum.all = broadcast %sum {axes=[0,1,2]} : \(scores)
            %probability = divide %exp, %sum.all : \(scores)
            %uniform = random_uniform %seed {stream=5} : \(scores)
            %rate = constant {value=\(rate)} : \(scores)
            %keep = compare %uniform, %rate {kind=ge} : bool[\(b),\(h),\(t),\(s)]
            %zero = constant {value=0.0} : \(scores)
            %kept = select %keep, %probability, %zero : \(scores)
            %attended = dot %kept, %\(v) {batch=[[0,1],[0,2]], contract=[[3],[1]]} : f32[\(b),\(h),\(t),\(d)]
            %square = multiply %attended, %attended : f32[\(b),\(h),\(t),\(d)]
            %loss = reduce %square {kind=sum, axes=[0,1,2,3]} : f32[]
            output loss = %loss
            output attended = %attended
            """, name: name)
        let gradient = try Autodiff.gradient(of: graph, output: "loss", withRespectTo: sources)
        var example = AgreementCase(try PassManager().run(Pipelines.optimize, on: gradient).graph)
        example.graph.name = name
        return example
    }
}
