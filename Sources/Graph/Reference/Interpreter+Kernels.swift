extension Interpreter {
    /// Evaluates a kernel graph, kernel by kernel, and returns every tensor.
    public func allValues(_ kernels: KernelGraph, _ inputs: [Tensor]) throws(Diagnostic) -> [Tensor] {
        try allValues(kernels, inputs) { (_, _) in }
    }

    /// Evaluates a kernel graph and shows all values of each kernel's body.
    func allValues(
        _ kernels: KernelGraph, _ inputs: [Tensor], body: (KernelGraph.Kernel, [Tensor]) -> Void
    ) throws(Diagnostic) -> [Tensor] {
        guard inputs.count == kernels.inputs.count else {
            throw Diagnostic(
                "run.input-count", kernels.name, "number of inputs", expected: "\(kernels.inputs.count)", found: "\(inputs.count)")
        }
        // Views take their elements from tensors before them, which kernels write in the order of their numbers.
        var values: [Tensor] = []
        values.reserveCapacity(kernels.tensors.count)
        for tensor in kernels.tensors {
            switch tensor.origin {
            case .input(let position): values.append(inputs[position])
            case .view(let source): values.append(Tensor(tensor.type, values[source.index].elements))
            case .kernel(let index):
                let kernel = kernels.kernels[index]
                // The results of one kernel follow each other.
                guard kernel.results.first?.index == values.count else { continue }
                let all = try allValues(kernel.body, kernel.operands.map { values[$0.index] })
                body(kernel, all)
                values += kernel.body.outputs.map { all[$0.value.index] }
            }
        }
        return values
    }
}
