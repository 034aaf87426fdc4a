import Graph
import Passes

/// Scheduling and planning: the program run by the interpreter gives the bits of its kernels, in either order of each epoch.
enum ProgramCheck {
    static func failures(_ entry: PlanCompiler.Entry, _ inputs: [Tensor]) throws(Diagnostic) -> [String] {
        let values = try Interpreter().allValues(entry.kernels, inputs)
        let expected = entry.kernels.outputs.map { values[$0.tensor.index] }
        var failures: [String] = []
        for reversed in [false, true] {
            var interpreter = ProgramInterpreter(entry.program, entry.kernels, reversed: reversed)
            let found = try interpreter.run(inputs)
            for (position, output) in entry.kernels.outputs.enumerated() where !found[position].isIdentical(to: expected[position]) {
                failures.append("planning, steps \(reversed ? "reversed" : "in order"): \(output.name) has other bits")
            }
        }
        return failures
    }
}
