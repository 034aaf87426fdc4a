import Graph

/// What the outputs of a graph must be on some inputs.
struct Expectation {
    let graph: Graph
    let inputs: [Tensor]
    let seed: Int
    let outputs: [ExpectedOutput]

    /// Where something differs, so many noisy interpretations say whether a tie has been decided otherwise.
    private static let closeRuns = 32

    init(_ graph: Graph, _ inputs: [Tensor], seed: Int) throws {
        (self.graph, self.inputs, self.seed) = (graph, inputs, seed)
        outputs = try ExpectedOutput.all(graph, inputs, seed: seed, runs: 3)
    }

    /// The first element of each output that is not as it must be.
    func mismatches(_ found: [Tensor], _ count: inout ExpectedOutput.Count) throws -> [String] {
        let first = zip(outputs, found).compactMap { $0.mismatch($1, &count) }
        guard !first.isEmpty else { return [] }
        count.closeLooks += 1
        var unused = ExpectedOutput.Count()
        let close = try ExpectedOutput.all(graph, inputs, seed: seed, runs: Self.closeRuns)
        return zip(close, found).compactMap { $0.mismatch($1, &unused) }
    }
}
