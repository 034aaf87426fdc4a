import Data
import Foundation
import Graph
import Runtime

/// Compiles a small graph and runs it on one and on several threads, as a user's plans will be.
struct PlanTrial {
    private static let text = """
        dg 1 graph

        graph @trial {
          input %x : f32[64,32]
          input %w : f32[32,48]
          %product = dot %x, %w {batch=[[],[]], contract=[[1],[0]]} : f32[64,48]
          %exp = exp %product : f32[64,48]
          %sum = reduce %exp {kind=sum, axes=[1]} : f32[64]
          output product = %product
          output sum = %sum
        }

        """
    private static let tolerance = 1e-5

    /// What came of it, and which OpenMP runtimes the plan brought with it; nil where it did not run.
    struct Result {
        var finding: Finding
        var runtimes: [String]?
    }

    private static let subject = "a small plan"

    func result() -> Result {
        do throws(Diagnostic) {
            return try attempt()
        } catch {
            return Result(finding: Finding(Self.subject, .bad, error.description))
        }
    }

    private func attempt() throws(Diagnostic) -> Result {
        let folder = try TemporaryFolder(for: "dg-doctor")
        defer { folder.remove() }
        let graph = try GraphParser.parse(Self.text, file: "trial")
        let start = ContinuousClock().now
        let plan = try GraphCompilation(graph).request().write(to: "\(folder.path)/trial.plan")
        let seconds = (ContinuousClock().now - start) / .seconds(1)
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let instance = try PlanInstance(programs: plan.programs, libraryPath: plan.libraryPath, threads: threads)
        let difference = try difference(graph, instance)
        // The kernels' library is loaded as long as the instance lives.
        let runtimes = withExtendedLifetime(instance) { LoadedLibraries.openMPRuntimes() }
        guard let difference else {
            let found = String(format: "compiled in %.1f s, right on 1 and %d threads, to the same bits", seconds, threads)
            return Result(finding: Finding(Self.subject, found), runtimes: runtimes)
        }
        let advice = "dgc bundle makes a file of such a plan, for whoever maintains compiler and BLAS"
        return Result(finding: Finding(Self.subject, .bad, difference, advice: advice), runtimes: runtimes)
    }

    /// What is wrong with the results, if anything.
    private func difference(_ graph: Graph, _ instance: PlanInstance) throws(Diagnostic) -> String? {
        var inputs: [String: Tensor] = [:]
        for input in graph.inputs {
            let (name, type) = (graph.name(of: input.value), graph.type(of: input.value))
            let elements = (0..<type.elementCount).map { Double($0 * 37 % 101 - 50) / 64 }
            inputs[name] = Tensor(type, elements)
            try instance.set(name, entry: 0, to: elements)
        }
        let single = try outputs(graph, instance, threads: 1)
        guard try outputs(graph, instance, threads: instance.threads) == single else {
            return "results on \(instance.threads) threads are not those on one"
        }
        for (name, expected) in try Interpreter().run(graph, inputs: inputs) {
            let found = single[name] ?? []
            let largest = expected.elements.map(abs).max() ?? 0
            let distance = zip(expected.elements, found).map { abs($0 - $1) }.max() ?? .infinity
            guard found.count == expected.elements.count, distance <= Self.tolerance * largest else {
                return "output \(name) is not what the interpreter computes: it differs by \(distance) of \(largest)"
            }
        }
        return nil
    }

    private func outputs(_ graph: Graph, _ instance: PlanInstance, threads: Int) throws(Diagnostic) -> [String: [Double]] {
        // The plan itself would run something so short on one thread.
        try instance.run(entry: 0, threads: threads)
        var outputs: [String: [Double]] = [:]
        for output in graph.outputs { outputs[output.name] = try instance.output(output.name, entry: 0) }
        return outputs
    }
}
