import Graph
import Runtime

/// Compares an entry of a compiled plan with what the interpreter finds for its graph.
public struct InterpreterCheck {
    private let bundle: PlanBundle
    private let entry: Int
    private let seed: Int

    public init(_ bundle: PlanBundle, entry: Int, seed: Int) {
        self.bundle = bundle
        self.entry = entry
        self.seed = seed
    }

    /// Operations that the interpreter would carry out; it does a few ten million of them in a second.
    public var operations: Double {
        bundle.manifest.entries[entry].prediction?.total(bundle.programs[entry]).operations ?? 0
    }

    /// Among numbers around one, exponentials of distances vanish and hide what they depend on; among small ones all is nearly linear.
    private static let scales = [1.0, 0.125]

    /// Of gradients that nearly cancel, one evaluation with noise may by chance show little.
    private static let noisyRuns = 2

    /// Noise is several times larger than what roundings do, and a plan's are other roundings, but not larger ones.
    private static let roundingFactor = 8.0

    /// - Returns: the first output that differs by more than rounding explains, or nil.
    public func disagreement(threads: Int, tolerance: Double) throws(Diagnostic) -> Disagreement? {
        let graph = try bundle.graphs()[entry]
        // What one draw hides, such as a unit that is switched off, another one may show.
        for (index, scale) in Self.scales.enumerated() {
            let inputs = try zip(graph.inputs, SeededInputs(seed: seed + index).tensors(graph)).map { input, tensor in
                // Small gradients vanish beside large moments; before the first step of a training moments are zero.
                Self.scaled(tensor, input.role == .state && index > 0 ? 0 : scale)
            }
            if let disagreement = try disagreement(graph, inputs, threads, tolerance) { return disagreement }
        }
        return try disagreement(graph, firstInputs(graph, threads), threads, tolerance)
    }

    /// Where a training starts, from parameters as large as their layers need, nothing saturates or vanishes.
    private func firstInputs(_ graph: Graph, _ threads: Int) throws(Diagnostic) -> [Tensor] {
        let instance = try instance(threads)
        try RandomInputs(bundle: bundle, seed: seed).fill(instance, entry: entry)
        return try graph.inputs.map { input throws(Diagnostic) in
            Tensor(graph.type(of: input.value), try instance.input(graph.name(of: input.value), entry: entry))
        }
    }

    private func instance(_ threads: Int) throws(Diagnostic) -> PlanInstance {
        try PlanInstance(programs: bundle.programs, libraryPath: bundle.libraryPath, threads: threads)
    }

    private static func scaled(_ tensor: Tensor, _ scale: Double) -> Tensor {
        tensor.type.elementType.isFloating ? Tensor(tensor.type, tensor.elements.map { $0 * scale }) : tensor
    }

    private func disagreement(
        _ graph: Graph, _ inputs: [Tensor], _ threads: Int, _ tolerance: Double
    ) throws(Diagnostic) -> Disagreement? {
        let expected = try ReferenceRun(graph, inputs: inputs, noisyRuns: Self.noisyRuns)
        let instance = try instance(threads)
        for (input, tensor) in zip(graph.inputs, inputs) {
            try instance.set(graph.name(of: input.value), entry: entry, to: tensor.elements)
        }
        try instance.run(entry: entry, threads: threads)
        for output in expected.outputs {
            let found = Tensor(output.tensor.type, try instance.output(output.name, entry: entry))
            let value = ReferenceRun.Value(output.name, computed: found)
            let disagreement = Disagreement(value, from: output, tolerance: tolerance, roundingFactor: Self.roundingFactor)
            if let disagreement { return disagreement }
        }
        return nil
    }
}
