/// Random inputs for the interpreter: a function of the seed and each input's name, so that a graph with fewer inputs gets
/// the same numbers for those that it has.
public struct SeededInputs: Sendable {
    public let seed: Int

    public init(seed: Int) {
        self.seed = seed
    }

    /// A tensor for each input of a graph, in order.
    ///
    /// - Throws: `run.memory` where the graph is too large to be interpreted.
    public func tensors(_ graph: Graph) throws(Diagnostic) -> [Tensor] {
        try InterpreterMemory.check(graph)
        return graph.inputs.map { tensor(graph.name(of: $0.value), graph.type(of: $0.value), $0.role) }
    }

    /// A tensor for each input of a kernel graph, in order.
    ///
    /// - Throws: `run.memory`, as above.
    public func tensors(_ kernels: KernelGraph) throws(Diagnostic) -> [Tensor] {
        try InterpreterMemory.check(kernels)
        return kernels.inputs.map { tensor(kernels.name(of: $0.tensor), kernels.type(of: $0.tensor), $0.role) }
    }

    /// Data between −1 and 1, parameters between −1/2 and 1/2, and states, which may be sums of squares, between 0 and 1.
    ///
    /// Whole numbers are at most 3: often they are positions or classes.
    public func tensor(_ name: String, _ type: TensorType, _ role: Graph.Role) -> Tensor {
        // Whatever the name, streams of this and of other names do not meet.
        let stream = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        return Tensor(type, (0..<type.elementCount).map { index in
            let uniform = Philox.uniform(index: index, stream: Int(stream), key: key)
            switch (type.elementType, role) {
            case (.f32, .data), (.f64, .data): return 2 * uniform - 1
            case (.f32, .parameter), (.f64, .parameter): return uniform - 0.5
            case (.f32, .state), (.f64, .state): return uniform
            case (.i32, _): return (4 * uniform).rounded(.down)
            case (.bool, _): return uniform < 0.5 ? 0 : 1
            }
        })
    }
}
