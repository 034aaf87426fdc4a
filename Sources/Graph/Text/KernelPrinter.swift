extension KernelGraph {
    /// The kernel graph in the text format; parsing it gives back the same kernel graph.
    public var text: String { Self.text(of: [self]) }

    /// Kernel graphs in the text format, as one file; big constants that several have stand there once.
    public static func text(of graphs: [KernelGraph]) -> String {
        var lines = GraphPrinter()
        lines.printFile(.kernels, graphs) { lines, kernels in KernelPrinter(kernels: kernels).print(&lines) }
        return lines.text
    }
}

/// Prints one kernel graph of a file; the bodies are graphs, and share the constants at the end of the file.
///
/// Also prints kernel graphs that the verifier refuses, so that they can be looked at: what does not exist shows as `%?`.
private struct KernelPrinter {
    let kernels: KernelGraph

    func print(_ lines: inout GraphPrinter) {
        lines.printLine("kernels \(NameText.symbol(kernels.name)) {", indent: 0)
        for input in kernels.inputs {
            let role = input.role == .data ? "" : " \(input.role.rawValue)"
            lines.printLine("input \(name(input.tensor)) : \(type(input.tensor))\(role)", indent: 1)
        }
        printDefinitions(&lines)
        for output in kernels.outputs { printOutput(output, &lines) }
        for decision in kernels.decisions {
            let (value, reason) = (NameText.value(decision.value), NameText.quoted(decision.reason))
            let pass = decision.pass.map { " by \(NameText.word($0))" } ?? ""
            lines.printLine("decision \(decision.outcome.rawValue) \(value) \(reason)\(pass)", indent: 1)
        }
        lines.printLine("}", indent: 0)
    }

    /// Views stand among the kernels so that tensors are defined in the order of their numbers.
    private func printDefinitions(_ lines: inout GraphPrinter) {
        var views = kernels.tensors.indices.filter {
            if case .view = kernels.tensors[$0].origin { true } else { false }
        }[...]
        for kernel in kernels.kernels {
            while let first = kernel.results.first, let view = views.first, view < first.index {
                printView(views.removeFirst(), &lines)
            }
            printKernel(kernel, &lines)
        }
        for view in views { printView(view, &lines) }
    }

    private func printView(_ index: Int, _ lines: inout GraphPrinter) {
        guard case .view(let source) = kernels.tensors[index].origin else { return }
        let tensor = TensorID(index)
        lines.printLine("view \(name(tensor)) = \(name(source)) : \(type(tensor))", indent: 1)
    }

    private func printKernel(_ kernel: KernelGraph.Kernel, _ lines: inout GraphPrinter) {
        var line = "kernel \(names(kernel.results)) = \(kernel.form.rawValue)"
        if !kernel.operands.isEmpty { line += " \(names(kernel.operands))" }
        var attributes: [String] = []
        if tensor(kernel.results.first)?.name != kernel.name { attributes.append("name=\(NameText.symbol(kernel.name))") }
        if let tiling = kernel.tiling { attributes += self.attributes(of: tiling) }
        if !attributes.isEmpty { line += " {\(attributes.joined(separator: ", "))}" }
        line += " : " + kernel.results.map(type).joined(separator: ", ")
        lines.printBlock(kernel.body, after: line, indent: 1)
    }

    private func attributes(of tiling: Tiling) -> [String] {
        var attributes = ["tiles=\(tiling.axes)"]
        if let tasks = tiling.tasks { attributes.append("tasks=\(tasks)") }
        if !tiling.inner.isEmpty {
            attributes.append("inner=[\(tiling.inner.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ", "))]")
        }
        if !tiling.blocks.isEmpty {
            let blocks = tiling.blocks.map { "[\($0.nodes.lowerBound),\($0.nodes.upperBound),\($0.rows)]" }
            attributes.append("blocks=[\(blocks.joined(separator: ", "))]")
        }
        return attributes
    }

    private func printOutput(_ output: KernelGraph.Output, _ lines: inout GraphPrinter) {
        var line = "output \(NameText.word(output.name)) = \(name(output.tensor))"
        if let updates = output.updates {
            let exists = kernels.inputs.indices.contains(updates)
            line += " updates \(exists ? name(kernels.inputs[updates].tensor) : "%?")"
        }
        lines.printLine(line, indent: 1)
    }

    // MARK: Names and types

    private func tensor(_ id: TensorID?) -> KernelGraph.Tensor? {
        guard let id, kernels.tensors.indices.contains(id.index) else { return nil }
        return kernels.tensors[id.index]
    }

    private func name(_ id: TensorID) -> String {
        tensor(id).map { NameText.value($0.name) } ?? "%?\(id.index)"
    }

    private func names(_ ids: [TensorID]) -> String {
        ids.map(name).joined(separator: ", ")
    }

    private func type(_ id: TensorID) -> String {
        tensor(id).map { "\($0.type)" } ?? "?"
    }
}
