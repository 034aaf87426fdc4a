import Data
import Graph

/// Runs one entry on named tensors: what `dgrun run` does.
public struct RunSession {
    public let bundle: PlanBundle
    public let runner: EntryRunner
    /// Where the tensors come from, for messages.
    public let file: String
    public let seed: Int
    public let learningRate: Double

    public var instance: PlanInstance { runner.instance }

    public init(bundle: PlanBundle, runner: EntryRunner, file: String, seed: Int, learningRate: Double) {
        self.bundle = bundle
        self.runner = runner
        self.file = file
        self.seed = seed
        self.learningRate = learningRate
    }

    /// Runs the entry whose batch the tensors have.
    ///
    /// Tensors are found by name, data also as `in.NAME` and parameters as `param.NAME`. Missing parameters get their
    /// first values from the seed, missing optimizer state is zero.
    /// - Returns: all outputs by name; with several steps also `losses`, the total loss of each.
    public func run(
        _ kind: PlanManifest.EntryKind, _ tensors: [String: HostTensor], steps: Int = 1
    ) throws(Diagnostic) -> [String: HostTensor] {
        let inputs = self.inputs(tensors)
        let entry = try self.entry(kind, inputs)
        try set(inputs, entry)
        let program = instance.programs[entry]
        var losses: [Float] = []
        for step in 0..<steps {
            try runner.run(entry: entry) { () throws(Diagnostic) in
                try setKey(inputs, step: step, entry)
            }
            if steps > 1, program.outputs.contains(where: { $0.name == "loss.total" }) {
                losses += try instance.floatOutput("loss.total", entry: entry)
            }
        }
        var outputs = try self.outputs(entry)
        if steps > 1 { outputs["losses"] = HostTensor(shape: [losses.count], floats: losses) }
        return outputs
    }

    /// Gives the entry whose batch the tensors have its inputs, without running it.
    ///
    /// - Returns: the entry's number.
    func prepare(_ kind: PlanManifest.EntryKind, _ tensors: [String: HostTensor]) throws(Diagnostic) -> Int {
        let inputs = self.inputs(tensors)
        let entry = try self.entry(kind, inputs)
        try set(inputs, entry)
        try setKey(inputs, step: 0, entry)
        return entry
    }

    private func inputs(_ tensors: [String: HostTensor]) -> RunInputs {
        let isClassification = bundle.manifest.training?.isClassification == true
        let classCount = BatchRunner(bundle, runner, file: file).outputWidth
        return RunInputs(tensors, file: file, classCount: isClassification ? classCount : nil)
    }

    private func setKey(_ inputs: RunInputs, step: Int, _ entry: Int) throws(Diagnostic) {
        guard instance.type(ofInput: "key", entry: entry) != nil, inputs["key"] == nil else { return }
        let key = [Int32(truncatingIfNeeded: seed), Int32(truncatingIfNeeded: step)]
        try instance.set("key", entry: entry, to: key.map(Double.init))
    }

    private func entry(_ kind: PlanManifest.EntryKind, _ inputs: RunInputs) throws(Diagnostic) -> Int {
        let candidates = bundle.manifest.entries.indices.filter { bundle.manifest.entries[$0].kind == kind }
        guard let first = candidates.first else {
            let kinds = Set(bundle.manifest.entries.map(\.kind.rawValue)).sorted().joined(separator: ", ")
            throw Diagnostic("run.entry", bundle.path, "the plan has no such entry", expected: kinds, found: kind.rawValue)
        }
        if kind == .graph { return first }
        guard let text = inputs["text"] else {
            throw Diagnostic("run.missing-input", file, "the file has no tensor text", expected: "[batch, time, width]")
        }
        guard let batch = text.shape.first else {
            throw Diagnostic(
                "run.shape", "\(file): text", "the tensor has another shape than the input",
                expected: "[batch, time, width]", found: "[]")
        }
        guard let entry = bundle.manifest.entry(kind, batch: batch) else {
            let sizes = candidates.map { "\(bundle.manifest.entries[$0].batch)" }.joined(separator: ", ")
            throw Diagnostic(
                "plan.batch", bundle.path,
                "the plan has no entry \(kind.rawValue) for the batch of \(file); compile with --batch \(max(batch, 1))",
                expected: sizes, found: "\(batch)")
        }
        return entry
    }

    /// Gives the entry its inputs.
    private func set(_ inputs: RunInputs, _ entry: Int) throws(Diagnostic) {
        let program = instance.programs[entry]
        let initial = ParameterStore(bundle.manifest).initialValues(seed: seed)
        instance.clearState()
        for binding in program.inputs {
            let slice = program.slices[binding.slice]
            if let elements = try inputs.elements(binding.name, slice.type) {
                try instance.set(binding.name, entry: entry, to: elements)
            } else if let floats = initial[binding.name]?.floats {
                try instance.set(binding.name, entry: entry, to: floats)
            } else if binding.name == "learning_rate" {
                try instance.set(binding.name, entry: entry, to: [learningRate])
            } else if binding.name != "key" && slice.region != .state {
                throw Diagnostic(
                    "run.missing-input", file, "the file has no tensor \(binding.name)", expected: "\(slice.type)")
            }
        }
    }

    private func outputs(_ entry: Int) throws(Diagnostic) -> [String: HostTensor] {
        let program = instance.programs[entry]
        var outputs: [String: HostTensor] = [:]
        for binding in program.outputs {
            let type = program.slices[binding.slice].type
            let shape = type.shape.dimensions
            let elements = try instance.output(binding.name, entry: entry)
            outputs[binding.name] =
                switch type.elementType {
                case .f32: HostTensor(shape: shape, floats: elements.map { Float($0) })
                case .f64: HostTensor(shape: shape, doubles: elements)
                case .i32: HostTensor(shape: shape, int32s: elements.map { Int32($0) })
                case .bool: HostTensor(shape: shape, bools: elements.map { $0 != 0 })
                }
        }
        return outputs
    }
}
