import Graph

/// Which values of a kernel graph are computed from which, by their names, whatever kernels they are in.
struct ValueFlow {
    private var readers: [String: [String]] = [:]

    init(_ graph: KernelGraph) {
        for tensor in graph.tensors {
            if case .view(let source) = tensor.origin { readers[graph.name(of: source), default: []].append(tensor.name) }
        }
        for kernel in graph.kernels {
            var names = kernel.body.values.map(\.name)
            for (input, operand) in zip(kernel.body.inputs, kernel.operands) {
                names[input.value.index] = graph.name(of: operand)
            }
            for (output, result) in zip(kernel.body.outputs, kernel.results) {
                names[output.value.index] = graph.name(of: result)
            }
            for node in kernel.body.nodes {
                for operand in Set(node.operands) {
                    for result in node.results { readers[names[operand.index], default: []].append(names[result.index]) }
                }
            }
        }
    }

    /// The shortest way from a value to one that is computed from it.
    func path(from first: String, to last: String) -> [String]? {
        var previous: [String: String] = [:]
        var front = [first]
        while !front.isEmpty {
            var next: [String] = []
            for name in front {
                for reader in readers[name] ?? [] where previous[reader] == nil && reader != first {
                    previous[reader] = name
                    if reader == last { return way(to: last, previous) }
                    next.append(reader)
                }
            }
            front = next
        }
        return nil
    }

    private func way(to last: String, _ previous: [String: String]) -> [String] {
        var path = [last]
        while let name = previous[path[0]] { path.insert(name, at: 0) }
        return path
    }
}
