/// What a graph or a kernel graph computes on seeded inputs, value by value, and how far rounding carries each value.
///
/// Everything is evaluated twice, in the types as they stand and in f64: what differs is due to rounding, and a sum that
/// nearly cancels or a position next to a jump shows by it. Noise of the size of a rounding in every operation shows more, and takes longer.
public struct ReferenceRun: Sendable {
    public struct Value: Sendable {
        public let name: String
        public let tensor: Tensor
        /// The largest difference that the roundings of f32 make.
        public fileprivate(set) var rounding: Double
    }

    /// In the order of evaluation; of names that occur more than once, as in kernels, the first value.
    public let values: [Value]
    /// The outputs under their own names.
    public private(set) var outputs: [Value]
    private let positions: [String: Int]

    /// - Returns: nil for programs, whose steps need kernels.
    public init?(_ representation: Representation, seed: Int) throws(Diagnostic) {
        switch representation {
        case .graph(let graph): try self.init(graph, inputs: try SeededInputs(seed: seed).tensors(graph))
        case .kernels(let kernels): try self.init(kernels, inputs: try SeededInputs(seed: seed).tensors(kernels))
        case .program: return nil
        }
    }

    public init(_ graph: Graph, inputs: [Tensor]) throws(Diagnostic) {
        try InterpreterMemory.check(graph)
        let values = try Interpreter().allValues(graph, inputs)
        let wide = try Interpreter().allValues(graph.widened, inputs.map(\.widened))
        let all = graph.values.indices.map { Value(graph.values[$0].name, values[$0], wide[$0]) }
        self.init(all, outputs: graph.outputs.map { Value($0.name, values[$0.value.index], wide[$0.value.index]) })
    }

    /// - Parameter noisyRuns: how many more evaluations, with noise, say how far rounding carries the outputs.
    package init(_ graph: Graph, inputs: [Tensor], noisyRuns: Int) throws(Diagnostic) {
        try self.init(graph, inputs: inputs)
        for seed in 0..<noisyRuns {
            var interpreter = NoisyInterpreter(seed: seed)
            for (index, noisy) in try interpreter.run(graph, inputs).enumerated() { outputs[index].widenRounding(to: noisy) }
        }
    }

    public init(_ kernels: KernelGraph, inputs: [Tensor]) throws(Diagnostic) {
        try InterpreterMemory.check(kernels)
        let (bodies, values) = try Self.evaluate(kernels, inputs)
        let (wideBodies, wide) = try Self.evaluate(kernels.widened, inputs.map(\.widened))
        // What a kernel computes on the way has the names of the graph, too.
        var all: [Value] = []
        var next = 0
        for (index, tensor) in kernels.tensors.enumerated() {
            if case .kernel(let kernel) = tensor.origin, kernel == next {
                next += 1
                let names = kernels.kernels[kernel].body.values.map(\.name)
                for (position, name) in names.enumerated() {
                    all.append(Value(name, bodies[kernel][position], wideBodies[kernel][position]))
                }
            }
            all.append(Value(tensor.name, values[index], wide[index]))
        }
        self.init(all, outputs: kernels.outputs.map { Value($0.name, values[$0.tensor.index], wide[$0.tensor.index]) })
    }

    private static func evaluate(
        _ kernels: KernelGraph, _ inputs: [Tensor]
    ) throws(Diagnostic) -> (bodies: [[Tensor]], values: [Tensor]) {
        var bodies: [[Tensor]] = []
        let values = try Interpreter().allValues(kernels, inputs) { bodies.append($1) }
        return (bodies, values)
    }

    private init(_ all: [Value], outputs: [Value]) {
        var values: [Value] = []
        var positions: [String: Int] = [:]
        for value in all where positions[value.name] == nil {
            positions[value.name] = values.count
            values.append(value)
        }
        self.values = values
        self.outputs = outputs
        self.positions = positions
    }

    public func value(named name: String) -> Value? { positions[name].map { values[$0] } }
    public func output(named name: String) -> Value? { outputs.first { $0.name == name } }
}

extension ReferenceRun.Value {
    init(_ name: String, _ tensor: Tensor, _ wide: Tensor) {
        self.name = name
        self.tensor = tensor
        rounding = 0
        widenRounding(to: wide)
    }

    fileprivate mutating func widenRounding(to other: Tensor) {
        rounding = zip(tensor.elements, other.elements).reduce(rounding) { largest, pair in
            let difference = abs(pair.0 - pair.1)
            return difference.isFinite ? max(largest, difference) : largest
        }
    }

    /// A value that something else than the interpreter has computed.
    public init(_ name: String, computed tensor: Tensor) {
        self.name = name
        self.tensor = tensor
        rounding = 0
    }
}
