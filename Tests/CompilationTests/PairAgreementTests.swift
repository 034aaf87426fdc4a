import Graph
import Passes
import Testing

/// Sums over pairs of rows, computed in blocks, agree with the interpreter for any number of threads.
@Suite struct PairAgreementTests {
    private static let cases = Result { try AgreementCase.pairs() }
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

    /// All matrices of pairs of these cases lie in threads' scratch memory.
    @Test(arguments: (try? cases.get().map(\.description)) ?? [])
    func pairsHaveNoMemory(_ name: String) throws {
        guard let plan = try? Self.plan.get() else { return }
        let cases = try Self.cases.get()
        let entry = try #require(cases.firstIndex { $0.description == name })
        let kernels = plan.entries[entry].kernels
        let largest = kernels.tensors.map(\.type.elementCount).max() ?? 0
        #expect(largest < 512 * 512, "\(kernels.tensors.filter { $0.type.elementCount == largest }.map(\.name))")
        #expect(kernels.kernels.contains { $0.form == .tiles })
    }
}

extension AgreementCase {
    static func pairs() throws -> [AgreementCase] {
        [
            try discrepancy("discrepancy of 512 and 1024 rows", 512, 1024, 16),
            try discrepancy("discrepancy of 600 and 518 rows", 600, 518, 9),
            try discrepancy("root of the discrepancy", 520, 512, 8, root: true),
            try columns(), try turned(), try maxima(),
        ]
    }

    /// mean k(x, x) + mean k(y, y) − 2 mean k(x, y) with its gradients; the root's gradients need the mean first.
    private static func discrepancy(_ name: String, _ m: Int, _ n: Int, _ d: Int, root: Bool = false) throws -> AgreementCase {
        let rows = ["x": m, "y": n]
        var lines = rows.keys.sorted().map { "input %\($0) : f32[\(rows[$0] ?? 0),\(d)]" }
        for (a, b) in [("x", "x"), ("y", "y"), ("x", "y")] {
            let (k, type) = ("\(a)\(b)", "f32[\(rows[a] ?? 0),\(rows[b] ?? 0)]")
            for (side, input, axis) in [("left", a, 0), ("right", b, 1)] {
                lines += [
                    "%\(k).\(side).square = multiply %\(input), %\(input) : f32[\(rows[input] ?? 0),\(d)]",
                    "%\(k).\(side).norm2 = reduce %\(k).\(side).square {kind=sum, axes=[1]} : f32[\(rows[input] ?? 0)]",
                    "%\(k).\(side).all = broadcast %\(k).\(side).norm2 {axes=[\(axis)]} : \(type)",
                ]
            }
            lines += [
                "%\(k).products = dot %\(a), %\(b) {batch=[[],[]], contract=[[1],[1]]} : \(type)",
                "%\(k).norms = add %\(k).left.all, %\(k).right.all : \(type)",
                "%\(k).two = constant {value=2.0} : \(type)",
                "%\(k).twice = multiply %\(k).products, %\(k).two : \(type)",
                "%\(k).difference = subtract %\(k).norms, %\(k).twice : \(type)",
                "%\(k).zero = constant {value=0.0} : \(type)",
                "%\(k).distance = maximum %\(k).difference, %\(k).zero : \(type)",
                "%\(k).scale = constant {value=\(-0.25 / Double(d))} : \(type)",
                "%\(k).exponent = multiply %\(k).distance, %\(k).scale : \(type)",
                "%\(k).kernel = exp %\(k).exponent : \(type)",
                "%\(k).sum = reduce %\(k).kernel {kind=sum, axes=[0,1]} : f32[]",
                "%\(k).share = constant {value=\(1 / Double((rows[a] ?? 1) * (rows[b] ?? 1)))} : f32[]",
                "%\(k).mean = multiply %\(k).sum, %\(k).share : f32[]",
            ]
        }
        // Random rows of one distribution differ by little: another weight keeps the difference away from cancellation.
        lines += [
            "%within = add %xx.mean, %yy.mean : f32[]", "%loss.plain = subtract %within, %xy.mean : f32[]",
            root ? "%loss = sqrt %loss.plain : f32[]" : "%loss = negate %loss.plain : f32[]", "output loss = %loss",
        ]
        let graph = try Graph.parsed(lines.joined(separator: "\n"), name: name)
        let gradient = try Autodiff.gradient(of: graph, output: "loss", withRespectTo: ["x", "y"])
        return AgreementCase(try PassManager().run(Pipelines.optimize, on: gradient).graph)
    }

    /// Sums along columns, products from both sides, and pairs that other inputs take part in.
    private static func columns() throws -> AgreementCase {
        try AgreementCase(
            "sums over columns and products",
            """
            input %x : f32[528,6]
            input %y : f32[500,6]
            input %weight : f32[528]
            input %left : f32[3,528]
            input %right : f32[5,500]
            %p = dot %x, %y {batch=[[],[]], contract=[[1],[1]]} : f32[528,500]
            %w = broadcast %weight {axes=[0]} : f32[528,500]
            %t = tanh %p : f32[528,500]
            %g = multiply %t, %w : f32[528,500]
            %columns = reduce %g {kind=sum, axes=[0]} : f32[500]
            %rows = reduce %g {kind=sum, axes=[1]} : f32[528]
            %first = dot %left, %g {batch=[[],[]], contract=[[1],[0]]} : f32[3,500]
            %second = dot %g, %right {batch=[[],[]], contract=[[1],[1]]} : f32[528,5]
            %third = dot %right, %g {batch=[[],[]], contract=[[1],[1]]} : f32[5,528]
            output columns = %columns
            output rows = %rows
            output first = %first
            output second = %second
            output third = %third
            """)
    }

    /// Matrices of pairs from matrices whose columns are the points, and another axis than the first in the sums.
    private static func turned() throws -> AgreementCase {
        try AgreementCase(
            "points in columns",
            """
            input %x : f32[20,1024]
            input %y : f32[64,1024]
            input %v : f32[64,1024]
            %xt = transpose %x {permutation=[1,0]} : f32[1024,20]
            %p = dot %v, %y {batch=[[],[]], contract=[[0],[0]]} : f32[1024,1024]
            %t = tanh %p : f32[1024,1024]
            %down = dot %t, %xt {batch=[[],[]], contract=[[0],[0]]} : f32[1024,20]
            %across = dot %t, %x {batch=[[],[]], contract=[[1],[1]]} : f32[1024,20]
            output down = %down
            output across = %across
            """)
    }

    /// A softmax over the other rows: its sums are read by pairs again.
    private static func maxima() throws -> AgreementCase {
        try AgreementCase(
            "weights by softmax",
            """
            input %x : f32[512,8]
            input %y : f32[512,8]
            %p = dot %x, %y {batch=[[],[]], contract=[[1],[1]]} : f32[512,512]
            %max = reduce %p {kind=maximum, axes=[1]} : f32[512]
            %max.all = broadcast %max {axes=[0]} : f32[512,512]
            %shifted = subtract %p, %max.all : f32[512,512]
            %e = exp %shifted : f32[512,512]
            %sum = reduce %e {kind=sum, axes=[1]} : f32[512]
            %sum.all = broadcast %sum {axes=[0]} : f32[512,512]
            %weights = divide %e, %sum.all : f32[512,512]
            %mean = dot %weights, %y {batch=[[],[]], contract=[[1],[0]]} : f32[512,8]
            output mean = %mean
            """)
    }
}
