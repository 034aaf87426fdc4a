extension ProgramVerifier {
    /// Proves that a program computes what a kernel graph says, if each function computes what its kernel says.
    ///
    /// Verifies both, and then:
    /// 15. Every slice of a tensor has the tensor's name, type and storage (`program.tensor`).
    /// 16. Inputs and outputs are those of the kernel graph, in order, and an input's region is that of its role
    ///     (`program.interface`).
    /// 17. For each kernel there is one step that reads its operands and writes its results (`program.kernel`,
    ///     `program.operands`); every other step copies an update into its input (`program.copy`).
    /// 18. An output holds its tensor, or an update the copy of it (`program.output`).
    public static func verify(_ program: Program, implements kernels: KernelGraph) throws(Diagnostic) {
        try KernelGraphVerifier.verify(kernels)
        try verify(program)
        try asBug("program @\(program.name)") { () throws(Diagnostic) in
            var correspondence = KernelCorrespondence(program, kernels)
            try correspondence.check()
        }
    }
}

/// The comparison of a program with the kernel graph it was planned from.
private struct KernelCorrespondence {
    private let program: Program
    private let kernels: KernelGraph
    /// For each slice the tensor of its name; scratch memory has none.
    private let tensors: [TensorID?]
    private var isComputed: [Bool]
    /// For each input the tensor that a step copies into it.
    private var copies: [TensorID: TensorID] = [:]

    init(_ program: Program, _ kernels: KernelGraph) {
        self.program = program
        self.kernels = kernels
        isComputed = [Bool](repeating: false, count: kernels.kernels.count)
        var named: [String: TensorID] = [:]
        for index in kernels.tensors.indices { named[kernels.tensors[index].name] = TensorID(index) }
        tensors = program.slices.map { named[$0.name] }
    }

    mutating func check() throws(Diagnostic) {
        for (slice, tensor) in zip(program.slices, tensors) {
            if let tensor { try check(slice, tensor) }
        }
        try checkInputs()
        for step in program.steps { try check(step) }
        for (kernel, isComputed) in zip(kernels.kernels, isComputed) {
            try require(isComputed, "program.kernel", "kernel \(kernel.name)", "a step computes the kernel")
        }
        try checkOutputs()
    }

    private func require(
        _ condition: Bool, _ id: String, _ subject: @autoclosure () -> String, _ message: String,
        expected: @autoclosure () -> String? = nil, found: @autoclosure () -> String? = nil
    ) throws(Diagnostic) {
        try ProgramRules.require(condition, id, subject(), message, expected: expected(), found: found())
    }

    private func check(_ slice: Program.Slice, _ tensor: TensorID) throws(Diagnostic) {
        let type = kernels.type(of: tensor)
        try require(
            slice.type == type, "program.tensor", "slice \(slice.name)", "a slice has its tensor's type", expected: "\(type)",
            found: "\(slice.type)")
        let storage = kernels.name(of: kernels.storage(of: tensor))
        try require(
            slice.storage == storage, "program.tensor", "slice \(slice.name)", "a slice has its tensor's storage",
            expected: storage, found: slice.storage)
    }

    // MARK: Inputs and outputs

    private func checkInputs() throws(Diagnostic) {
        try require(
            program.inputs.count == kernels.inputs.count, "program.interface", "inputs", "number of inputs",
            expected: "\(kernels.inputs.count)", found: "\(program.inputs.count)")
        for (binding, input) in zip(program.inputs, kernels.inputs) {
            let (name, slice) = (kernels.name(of: input.tensor), program.slices[binding.slice])
            try require(
                binding.name == name && tensors[binding.slice] == input.tensor && slice.region == Region(of: input.role),
                "program.interface", "input \(binding.name)", "the input is that of the kernels",
                expected: "\(name) in \(Region(of: input.role).rawValue)",
                found: "\(slice.name) in \(slice.region.rawValue)")
        }
    }

    private func checkOutputs() throws(Diagnostic) {
        try require(
            program.outputs.count == kernels.outputs.count, "program.interface", "outputs", "number of outputs",
            expected: "\(kernels.outputs.count)", found: "\(program.outputs.count)")
        for (binding, output) in zip(program.outputs, kernels.outputs) {
            try require(
                binding.name == output.name && binding.updates == output.updates, "program.interface", "output \(binding.name)",
                "the output is that of the kernels", expected: output.name)
            let held = tensors[binding.slice].map { copies[$0, default: $0] }
            try require(
                held == output.tensor, "program.output", "output \(binding.name)",
                "the output holds its tensor", expected: kernels.name(of: output.tensor),
                found: program.slices[binding.slice].name)
        }
    }

    // MARK: Steps

    /// What a step computes is told by the first slice it writes: labels are for people. No slice is written twice, so no
    /// kernel is computed twice.
    private mutating func check(_ step: Program.Step) throws(Diagnostic) {
        let results = step.writes.dropLast(step.scratch)
        switch results.first.flatMap({ tensors[$0] }).map({ ($0, kernels.tensors[$0.index].origin) }) {
        case .some((_, .kernel(let position))):
            let kernel = kernels.kernels[position]
            isComputed[position] = true
            try require(
                results.map { tensors[$0] } == kernel.results && step.reads.map { tensors[$0] } == kernel.operands,
                "program.operands", step.label, "a step writes the results of its kernel and reads the operands",
                expected: describe(kernel.results, kernel.operands),
                found: describe(results.map { program.slices[$0].name }, step.reads.map { program.slices[$0].name }))
        case .some((let input, .input)):
            try checkCopy(step, into: input)
        case .some((_, .view)), nil:
            throw Diagnostic(
                "program.kernel", step.label, "a step computes a kernel or copies an update",
                found: results.first.map { program.slices[$0].name })
        }
    }

    private mutating func checkCopy(_ step: Program.Step, into input: TensorID) throws(Diagnostic) {
        let source = step.reads.count == 1 ? tensors[step.reads[0]] : nil
        guard step.writes.count == 1, let source, kernels.type(of: source) == kernels.type(of: input) else {
            throw Diagnostic(
                "program.copy", step.label, "a step into an input copies one tensor of its type",
                expected: "\(kernels.type(of: input))")
        }
        copies[input] = source
    }

    private func describe(_ results: [TensorID], _ operands: [TensorID]) -> String {
        describe(results.map { kernels.name(of: $0) }, operands.map { kernels.name(of: $0) })
    }

    private func describe(_ results: [String], _ operands: [String]) -> String {
        "\(results.joined(separator: ", ")) = \(operands.joined(separator: ", "))"
    }
}

extension Region {
    /// Where inputs of a role have their memory.
    init(of role: Graph.Role) {
        switch role {
        case .data: self = .inputs
        case .parameter: self = .parameters
        case .state: self = .state
        }
    }
}
