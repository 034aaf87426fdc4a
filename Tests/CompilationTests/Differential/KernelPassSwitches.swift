import Graph
import Passes

/// The passes from a graph to kernels one by one: left out, and run twice.
struct KernelPassSwitches {
    /// After all passes on graphs.
    let graph: Graph
    let expected: Expectation

    private static let passes = Pipelines.kernels(recomputed: 100)
    static let names = passes.map(\.name).filter { PassRegistry.optionalNames.contains($0) }

    func failures(_ name: String, _ count: inout ExpectedOutput.Count) throws -> [String] {
        count.passes += 1
        let off = Self.passes.filter { $0.name != name }
        let doubled = Self.passes.flatMap { $0.name == name ? [$0, $0] : [$0] }
        return try mismatches(off, "kernels without \(name)", &count) + mismatches(doubled, "\(name) twice", &count)
    }

    private func mismatches(_ passes: [LevelPass], _ kind: String, _ count: inout ExpectedOutput.Count) throws -> [String] {
        guard case .kernels(let kernels) = try PassManager().run(passes, on: .graph(graph)) else { return ["\(kind): no kernels"] }
        let values = try Interpreter().allValues(kernels, expected.inputs)
        return try expected.mismatches(kernels.outputs.map { values[$0.tensor.index] }, &count).map { "\(kind): \($0)" }
    }
}
