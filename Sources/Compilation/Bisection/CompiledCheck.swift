import Data
import Foundation
import Graph
import Passes
import Runtime

/// Compiles one entry, runs it, and compares its outputs with those that the interpreter finds for its kernels.
struct CompiledCheck {
    let check: PassCheck

    /// The name that findings have in place of a pass.
    private static let name = "compiled code"

    func finding(_ result: PlanCompiler.Result) throws(Diagnostic) -> PassCheck.Finding? {
        guard let entry = result.entries.first else { return nil }
        let inputs = try SeededInputs(seed: check.seed).tensors(entry.kernels)
        let expected = try ReferenceRun(entry.kernels, inputs: inputs)
        let instance = try load(result)
        for (binding, tensor) in zip(entry.program.inputs, inputs) {
            try instance.set(binding.name, entry: 0, to: tensor.elements)
        }
        var first: Disagreement?
        try instance.walk(entry: 0) { (_, slices) throws(Diagnostic) in
            for slice in slices where first == nil { first = try disagreement(entry.program.slices[slice], instance, expected) }
        }
        for output in expected.outputs {
            let found = Tensor(output.tensor.type, try instance.output(output.name, entry: 0))
            let value = ReferenceRun.Value(output.name, computed: found)
            if let disagreement = Disagreement(value, from: output, tolerance: check.tolerance) {
                return PassCheck.Finding(pass: Self.name, output: disagreement, value: first)
            }
        }
        return nil
    }

    private func disagreement(
        _ slice: Program.Slice, _ instance: PlanInstance, _ expected: ReferenceRun
    ) throws(Diagnostic) -> Disagreement? {
        guard let value = expected.value(named: slice.name) else { return nil }
        let found = ReferenceRun.Value(slice.name, computed: Tensor(slice.type, try instance.elements(of: slice)))
        return Disagreement(found, from: value, tolerance: check.tolerance)
    }

    private func load(_ result: PlanCompiler.Result) throws(Diagnostic) -> PlanInstance {
        try TemporaryPlan.load(result, threads: ProcessInfo.processInfo.activeProcessorCount)
    }
}
