/// Evaluates a graph node by node in plain scalar code: the meaning of every operation, and the oracle for all else.
///
/// Elements are doubles rounded to the element type after every operation; sums are accumulated in double.
public struct Interpreter: Sendable {
    public init() {}

    /// Evaluates a whole graph.
    ///
    /// - Parameter inputs: a tensor for every input, by value name.
    /// - Returns: the outputs by name.
    public func run(_ graph: Graph, inputs: [String: Tensor]) throws(Diagnostic) -> [String: Tensor] {
        var ordered: [Tensor] = []
        for input in graph.inputs {
            let name = graph.name(of: input.value)
            guard let tensor = inputs[name] else {
                throw Diagnostic("run.missing-input", name, "input is not given", expected: "\(graph.type(of: input.value))")
            }
            ordered.append(tensor)
        }
        let results = try run(graph, ordered)
        var named: [String: Tensor] = [:]
        for (output, tensor) in zip(graph.outputs, results) { named[output.name] = tensor }
        return named
    }

    /// Evaluates a graph on inputs in order; returns the outputs in order.
    public func run(_ graph: Graph, _ inputs: [Tensor]) throws(Diagnostic) -> [Tensor] {
        let values = try allValues(graph, inputs)
        return graph.outputs.map { values[$0.value.index] }
    }

    /// Evaluates a graph and returns every value, so that two executions can be compared step by step.
    public func allValues(_ graph: Graph, _ inputs: [Tensor]) throws(Diagnostic) -> [Tensor] {
        guard inputs.count == graph.inputs.count else {
            throw Diagnostic(
                "run.input-count", graph.name, "number of inputs", expected: "\(graph.inputs.count)", found: "\(inputs.count)")
        }
        var values: [Tensor] = []
        values.reserveCapacity(graph.values.count)
        for (input, tensor) in zip(graph.inputs, inputs) {
            let type = graph.type(of: input.value)
            guard tensor.type == type else {
                throw Diagnostic(
                    "run.input-type", graph.name(of: input.value), "type of the input", expected: "\(type)",
                    found: "\(tensor.type)")
            }
            values.append(tensor)
        }
        for node in graph.nodes {
            values += try evaluate(node.op, node.operands.map { values[$0.index] }, node.results.map { graph.type(of: $0) })
        }
        return values
    }

    /// The results of one operation.
    public func evaluate(_ op: Op, _ operands: [Tensor], _ types: [TensorType]) throws(Diagnostic) -> [Tensor] {
        switch op {
        case .scan(let scan): return try self.scan(scan, operands, types)
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot,
            .transpose, .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix:
            return [ReferenceOperation(operands: operands, type: types[0]).evaluate(op)]
        }
    }

    private func scan(_ scan: Scan, _ operands: [Tensor], _ types: [TensorType]) throws(Diagnostic) -> [Tensor] {
        var stacks = types[scan.carried...].map { Tensor($0, repeating: 0) }
        let carried = try iterate(scan, operands) { (_, entry, inputs) throws(Diagnostic) in
            let results = try run(scan.body, inputs)
            for (position, result) in results[scan.carried...].enumerated() {
                let size = result.elements.count
                stacks[position].elements.replaceSubrange(entry * size..<(entry + 1) * size, with: result.elements)
            }
            return Array(results[..<scan.carried])
        }
        return carried + stacks
    }

    /// Goes through the iterations of a loop.
    ///
    /// - Parameter body: gets the iteration, the entry of the scanned operands that is its turn, and the inputs of the loop's
    ///   body; returns the carried values, or nil to end here.
    /// - Returns: the carried values after the last iteration.
    package func iterate(
        _ scan: Scan, _ operands: [Tensor],
        _ body: (_ iteration: Int, _ entry: Int, _ inputs: [Tensor]) throws(Diagnostic) -> [Tensor]?
    ) throws(Diagnostic) -> [Tensor] {
        var carried = Array(operands[..<scan.carried])
        let invariants = operands[scan.carried..<(scan.carried + scan.invariants)]
        let scanned = operands[(scan.carried + scan.invariants)...]
        for iteration in 0..<scan.count {
            let entry = scan.reverse ? scan.count - 1 - iteration : iteration
            let inputs = carried + invariants + scanned.map { Self.entry(entry, of: $0) }
            guard let next = try body(iteration, entry, inputs) else { break }
            carried = next
        }
        return carried
    }

    private static func entry(_ index: Int, of tensor: Tensor) -> Tensor {
        let shape = Shape(Array(tensor.type.shape.dimensions.dropFirst()))
        let size = shape.elementCount
        return Tensor(tensor.type.with(shape: shape), Array(tensor.elements[index * size..<(index + 1) * size]))
    }
}
