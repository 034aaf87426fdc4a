import Graph

/// Which values depend on chosen inputs through floating-point data, so that a gradient can flow to them.
struct Activity {
    let isActive: [Bool]

    init(_ graph: Graph, activeInputs: [Bool]) {
        var isActive = [Bool](repeating: false, count: graph.values.count)
        for (input, active) in zip(graph.inputs, activeInputs) {
            isActive[input.value.index] = active && graph.type(of: input.value).elementType.isFloating
        }
        for node in graph.nodes {
            let operands = node.operands.map { isActive[$0.index] }
            for (result, active) in zip(node.results, Self.results(node, operands)) {
                isActive[result.index] = active && graph.type(of: result).elementType.isFloating
            }
        }
        self.isActive = isActive
    }

    private static func results(_ node: Graph.Node, _ operands: [Bool]) -> [Bool] {
        switch node.op {
        case .stopGradient: return [false]
        case .scan(let scan): return scanOutputs(scan, operands)
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .reduce, .dot, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix:
            return node.results.map { _ in operands.contains(true) }
        }
    }

    /// Activity of a scan's body inputs: a carried value is active once any iteration makes it so.
    static func scanInputs(_ scan: Scan, _ operands: [Bool]) -> [Bool] {
        var inputs = operands
        while true {
            let body = Activity(scan.body, activeInputs: inputs)
            var next = inputs
            for position in 0..<scan.carried where body.isActive[scan.body.outputs[position].value.index] {
                next[position] = true
            }
            if next == inputs { return inputs }
            inputs = next
        }
    }

    private static func scanOutputs(_ scan: Scan, _ operands: [Bool]) -> [Bool] {
        let inputs = scanInputs(scan, operands)
        let body = Activity(scan.body, activeInputs: inputs)
        return scan.body.outputs.enumerated().map { position, output in
            body.isActive[output.value.index] || (position < scan.carried && inputs[position])
        }
    }
}
