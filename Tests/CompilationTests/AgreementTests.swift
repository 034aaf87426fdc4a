import Graph
import Passes
import Testing

/// The interpreter, the plan, and the plan without fusion and memory reuse give the same, for any number of threads.
@Suite struct AgreementTests {
    private static let cases = Result { try AgreementCase.all() }
    private static let fused = Result { try CompiledPlan(cases.get().map(\.graph)) }
    private static let unfused = Result { try CompiledPlan(cases.get().map(\.graph), unfused: true) }

    @Test func plansCompile() throws {
        #expect(try Self.fused.get().entries.count == Self.cases.get().count)
        #expect(try Self.unfused.get().entries.count == Self.cases.get().count)
    }

    @Test func everyOperationIsThere() throws {
        var kinds: Set<OpKind> = []
        for example in try Self.cases.get() { kinds.formUnion(example.graph.nodes.map(\.op.kind)) }
        #expect(kinds == Set(OpKind.allCases))
    }

    /// Says nothing more where `plansCompile` fails.
    @Test(arguments: (try? cases.get().map(\.description)) ?? [])
    func agree(_ name: String) throws {
        guard let fused = try? Self.fused.get(), let unfused = try? Self.unfused.get() else { return }
        let cases = try Self.cases.get()
        let entry = try #require(cases.firstIndex { $0.description == name })
        let example = cases[entry]
        let inputs = example.inputs(seed: 1)
        let expected = try example.graph.run(inputs)
        var failures: [String] = []
        for (plan, kind) in [(unfused, "unfused"), (fused, "fused")] {
            var first: [Tensor]?
            for threads in 1...3 {
                // What another run leaves in memory must not be taken for results.
                _ = try plan.run(entry, example.inputs(seed: 100 + threads), threads: threads)
                let found = try plan.run(entry, inputs, threads: threads)
                for (position, output) in example.graph.outputs.enumerated() {
                    let distance = found[position].distance(to: expected[position])
                    let isClose = example.tolerance == 0
                        ? found[position].isIdentical(to: expected[position]) : distance <= example.tolerance
                    let isRepeated = first.map { found[position].isIdentical(to: $0[position]) } ?? true
                    if !isClose || !isRepeated {
                        failures.append("\(kind), \(threads) threads, \(output.name): off by \(distance)")
                    }
                }
                first = first ?? found
            }
        }
        #expect(failures.isEmpty, "allowed are \(example.tolerance)")
    }
}
