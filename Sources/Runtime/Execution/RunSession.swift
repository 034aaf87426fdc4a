import Data
import Graph

/// Runs one entry on named tensors: what `dgrun run` does.
public struct RunSession {
    public let bundle: PlanBundle
    public let instance: PlanInstance
    /// Where the tensors come from, for messages.
    public let file: String
    public let seed: Int
    public let learningRate: Double

    public init(bundle: PlanBundle, instance: PlanInstance, file: String, seed: Int, learningRate: Double) {
        self.bundle = bundle
        self.instance = instance
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
        let entry = try self.entry(kind, tensors)
        let program = instance.programs[entry]
        let parameters = Set(bundle.manifest.parameters.map(\.name))
        let initial = ParameterStore(bundle.manifest).initialValues(seed: seed)
        instance.clearState()
        for binding in program.inputs {
            let slice = program.slices[binding.slice]
            if let tensor = tensors[binding.name] ?? tensors["in.\(binding.name)"] ?? tensors["param.\(binding.name)"] {
                try set(binding.name, tensor, slice.type, entry)
            } else if parameters.contains(binding.name), let first = initial[binding.name], let floats = first.floats {
                try instance.set(binding.name, entry: entry, to: floats)
            } else if binding.name == "learning_rate" {
                try instance.set(binding.name, entry: entry, to: [learningRate])
            } else if binding.name != "key" && slice.region != .state {
                throw Diagnostic(
                    "run.missing-input", file, "the file has no tensor \(binding.name)", expected: "\(slice.type)")
            }
        }
        var losses: [Float] = []
        for step in 0..<steps {
            if program.inputs.contains(where: { $0.name == "key" }), tensors["key"] == nil {
                let key = [Int32(truncatingIfNeeded: seed), Int32(truncatingIfNeeded: step)]
                try instance.set("key", entry: entry, to: key.map(Double.init))
            }
            try instance.run(entry: entry)
            if steps > 1, program.outputs.contains(where: { $0.name == "loss.total" }) {
                losses += try instance.floatOutput("loss.total", entry: entry)
            }
        }
        var outputs = try self.outputs(entry)
        if steps > 1 { outputs["losses"] = HostTensor(shape: [losses.count], floats: losses) }
        return outputs
    }

    private func entry(_ kind: PlanManifest.EntryKind, _ tensors: [String: HostTensor]) throws(Diagnostic) -> Int {
        let candidates = bundle.manifest.entries.indices.filter { bundle.manifest.entries[$0].kind == kind }
        guard !candidates.isEmpty else {
            let kinds = Set(bundle.manifest.entries.map(\.kind.rawValue)).sorted().joined(separator: ", ")
            throw Diagnostic("run.entry", bundle.path, "the plan has no such entry", expected: "--entry \(kinds)", found: kind.rawValue)
        }
        if kind == .graph { return candidates[0] }
        guard let text = tensors["text"] ?? tensors["in.text"], let batch = text.shape.first else {
            throw Diagnostic("run.missing-input", file, "the file has no tensor text", expected: "[batch, time, width]")
        }
        guard let entry = bundle.manifest.entry(kind, batch: batch) else {
            let sizes = candidates.map { "\(bundle.manifest.entries[$0].batch)" }.joined(separator: ", ")
            throw Diagnostic(
                "plan.batch", bundle.path, "the plan has no entry \(kind.rawValue) for this batch; compile with --batch \(batch)",
                expected: sizes, found: "\(batch)")
        }
        return entry
    }

    private func set(_ name: String, _ tensor: HostTensor, _ type: TensorType, _ entry: Int) throws(Diagnostic) {
        guard tensor.shape == type.shape.dimensions else {
            throw Diagnostic(
                "run.shape", "\(file): \(name)", "shape of the tensor", expected: "\(type.shape)", found: "\(tensor.shape)")
        }
        guard let elements = tensor.doubles else {
            throw Diagnostic(
                "run.type", "\(file): \(name)", "element type of the tensor", expected: type.elementType.rawValue,
                found: tensor.elementTypeName)
        }
        if type.elementType == .i32, let bad = elements.first(where: { Int32(exactly: $0) == nil }) {
            throw Diagnostic("run.type", "\(file): \(name)", "elements are whole numbers of 32 bits", found: "\(bad)")
        }
        try instance.set(name, entry: entry, to: elements)
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
