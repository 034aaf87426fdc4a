import Graph

/// Runs what a pass was given and what it made of it, and compares the numbers.
public struct PassCheck: Sendable {
    public let seed: Int
    /// In units of a value's largest element; what rounding explains is allowed in addition.
    public let tolerance: Double

    public static let defaultTolerance = 1e-5

    public init(seed: Int, tolerance: Double = defaultTolerance) {
        self.seed = seed
        self.tolerance = tolerance
    }

    /// What a pass changed that it must not.
    public struct Finding: Sendable {
        /// The pass, or what else has computed other numbers.
        public let pass: String
        /// The first output that differs, or the gradient that is wrong.
        public let output: Disagreement
        /// The first value that differs, in the order before the pass; nil where no value of that name is left.
        public let value: Disagreement?

        public init(pass: String, output: Disagreement, value: Disagreement?) {
            self.pass = pass
            self.output = output
            self.value = value
        }
    }

    /// Compares the outputs that there were before, none of which may be lost; a program runs with the kernels that it was planned from.
    ///
    /// - Returns: nil where everything agrees.
    public func finding(
        _ pass: LevelPass, before: Representation, after: Representation
    ) throws(Diagnostic) -> Finding? {
        guard let expected = try ReferenceRun(before, seed: seed) else { return nil }
        if case .program(let program) = after, case .kernels(let kernels) = before {
            return try finding(pass.name, expected, program, kernels)
        }
        guard let found = try ReferenceRun(after, seed: seed) else { return nil }
        if let lost = lostOutput(pass, expected, found) { return Finding(pass: pass.name, output: lost, value: nil) }
        if let finding = finding(pass.name, expected, found) { return finding }
        guard case .graph(let graph) = before, case .graph(let gradient) = after else { return nil }
        return try GradientCheck(seed: seed).wrongGradient(pass, graph, gradient).map {
            Finding(pass: pass.name, output: $0, value: nil)
        }
    }

    /// Compares two evaluations by the names of outputs and values, as far as both have them.
    public func finding(_ pass: String, _ expected: ReferenceRun, _ found: ReferenceRun) -> Finding? {
        for output in expected.outputs {
            guard let other = found.output(named: output.name),
                let disagreement = Disagreement(other, from: output, tolerance: tolerance)
            else { continue }
            return Finding(pass: pass, output: disagreement, value: firstDisagreement(expected, found))
        }
        return nil
    }

    /// The first output that is gone or of another type; updated parameters stand for the gradients that an optimizer takes.
    private func lostOutput(_ pass: LevelPass, _ expected: ReferenceRun, _ found: ReferenceRun) -> Disagreement? {
        for output in expected.outputs where pass.name != "optimizer" || !output.name.hasPrefix("grad.") {
            if let mismatch = mismatch(output, found.output(named: output.name)) { return mismatch }
        }
        return nil
    }

    private func disagreement(_ expected: ReferenceRun.Value, _ found: ReferenceRun.Value?) -> Disagreement? {
        if let mismatch = mismatch(expected, found) { return mismatch }
        return found.flatMap { Disagreement($0, from: expected, tolerance: tolerance) }
    }

    private func mismatch(_ expected: ReferenceRun.Value, _ found: ReferenceRun.Value?) -> Disagreement? {
        guard let found else { return Disagreement(expected, mismatch: "is no output any more") }
        guard found.tensor.type != expected.tensor.type else { return nil }
        return Disagreement(expected, mismatch: "is \(found.tensor.type) instead of \(expected.tensor.type)")
    }

    /// The first value, in the order of the first evaluation, that the other one has too and that differs.
    public func firstDisagreement(_ expected: ReferenceRun, _ found: ReferenceRun) -> Disagreement? {
        for value in expected.values {
            if let other = found.value(named: value.name), let result = Disagreement(other, from: value, tolerance: tolerance) {
                return result
            }
        }
        return nil
    }

    private func finding(
        _ pass: String, _ expected: ReferenceRun, _ program: Program, _ kernels: KernelGraph
    ) throws(Diagnostic) -> Finding? {
        for reversed in [false, true] {
            var interpreter = ProgramInterpreter(program, kernels, reversed: reversed)
            var first: Disagreement?
            let results = try interpreter.run(SeededInputs(seed: seed).tensors(kernels)) { name, tensor in
                guard first == nil, let value = expected.value(named: name) else { return }
                first = Disagreement(ReferenceRun.Value(name, computed: tensor), from: value, tolerance: tolerance)
            }
            let found = zip(program.outputs, results).map { ReferenceRun.Value($0.name, computed: $1) }
            for output in expected.outputs {
                if let disagreement = disagreement(output, found.first { $0.name == output.name }) {
                    return Finding(pass: pass, output: disagreement, value: first)
                }
            }
        }
        return nil
    }
}

extension PassCheck.Finding: CustomStringConvertible {
    /// The output and, where it is another one, the first value.
    public var description: String {
        guard let value, value.name != output.name else { return "\(output)" }
        return "output \(output); the first value that differs: \(value)"
    }
}
