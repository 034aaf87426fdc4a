/// The same computation with f64 in place of f32: what an execution in f32 would give without its roundings.
extension Graph {
    public var widened: Graph {
        var graph = self
        for index in graph.values.indices { graph.values[index].type = graph.values[index].type.widened }
        for index in graph.nodes.indices { graph.nodes[index].op = graph.nodes[index].op.widened }
        return graph
    }
}

extension KernelGraph {
    public var widened: KernelGraph {
        var graph = self
        for index in graph.tensors.indices { graph.tensors[index].type = graph.tensors[index].type.widened }
        for index in graph.kernels.indices { graph.kernels[index].body = graph.kernels[index].body.widened }
        return graph
    }
}

extension TensorType {
    var widened: TensorType { elementType == .f32 ? with(elementType: .f64) : self }
}

extension Tensor {
    /// The same elements in the wide type.
    public var widened: Tensor { Tensor(type.widened, elements) }
}

extension Op {
    fileprivate var widened: Op {
        switch self {
        case .constant(let type, let constant): return .constant(type.widened, constant)
        case .iota(let type, let axis): return .iota(type.widened, axis: axis)
        case .randomUniform(let type, let stream): return .randomUniform(type.widened, stream: stream)
        case .convert(.f32): return .convert(.f64)
        case .scan(var scan):
            scan.body = scan.body.widened
            return .scan(scan)
        case .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot, .transpose, .reshape, .broadcast,
            .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix:
            return self
        }
    }
}
