import Graph

/// Computes parts of the forward computation, such as layers, again where their gradients are computed.
///
/// Of each chosen segment only the last value stays in memory until then. It is what `--max-memory` asks for where a plan does not
/// fit: it costs time, unlike `rematerialize`, which is chosen where it saves time, too.
public enum Recomputation {
    public static let name = "recompute"
    private static let suffix = ".recomputed"

    /// - Parameter percent: how many of the segments are computed again, the earliest first, because they wait longest.
    public static func pass(percent: Int) -> Pass<KernelGraph, KernelGraph> {
        Pass(
            name: name, summary: "Computes layers again for their gradients, so that only what lies between layers stays in memory.",
            spelling: "\(name):percent=\(percent)"
        ) { (graph: KernelGraph) throws(Diagnostic) in run(graph, percent: percent) }
    }

    /// Whether a kernel, or all that a joined kernel computes, is there for the second time.
    static func isCopy(_ kernel: KernelGraph.Kernel, _ graph: KernelGraph) -> Bool {
        kernel.results.allSatisfy { graph.name(of: graph.storage(of: $0)).hasSuffix(suffix) }
    }

    static func run(_ graph: KernelGraph, percent: Int) -> KernelGraph {
        let forward = ForwardSegments(graph)
        let count = (forward.segments.count * percent + 99) / 100
        guard count > 0 else { return graph }
        let again = forward.segments.prefix(count).flatMap(\.kernels).filter { isRepeatable(graph.kernels[$0], graph) }
        var copier = Copier(graph, again: Set(again))
        return copier.run(forward.isForward)
    }

    /// Sequential loops and linear algebra on small matrices take long and leave little.
    private static func isRepeatable(_ kernel: KernelGraph.Kernel, _ graph: KernelGraph) -> Bool {
        switch kernel.form {
        case .pointwise, .reduction, .product: true
        case .accumulation, .matrices, .loop, .tiles: false
        }
    }

    private struct Copier {
        var graph: KernelGraph
        let again: Set<Int>
        private var copyOf: [TensorID: TensorID] = [:]
        /// Kernels that gradients read in place of others already.
        private let rematerialized: [TensorID: Int]
        /// Kernels of the graph that stand in the new order, or will at once.
        private var placed: Set<Int> = []
        private var kernels: [KernelGraph.Kernel] = []
        private var tensorNames: Set<String>
        private var kernelNames: Set<String>

        init(_ graph: KernelGraph, again: Set<Int>) {
            self.graph = graph
            self.again = again
            rematerialized = Rematerialization.copies(in: graph)
            tensorNames = Set(graph.tensors.map(\.name))
            kernelNames = Set(graph.kernels.map(\.name))
        }

        mutating func run(_ isForward: [Bool]) -> KernelGraph {
            for index in graph.kernels.indices { place(index, readsCopies: !isForward[index]) }
            graph.kernels = kernels
            for (index, kernel) in kernels.enumerated() {
                for result in kernel.results { graph.tensors[result.index].origin = .kernel(index) }
            }
            return graph.normalized()
        }

        /// What a late reader reads in place of a tensor; the kernels that it takes are put before the reader.
        private mutating func copied(_ tensor: TensorID) -> TensorID {
            if let known = copyOf[tensor] { return known }
            switch graph.tensors[tensor.index].origin {
            case .input: return tensor
            case .view(let source):
                let copy = copied(source)
                return copy == source ? tensor : add(tensor, .view(copy))
            case .kernel(let producer):
                guard again.contains(producer) else {
                    let source = rematerialized[tensor] ?? producer
                    place(source, readsCopies: true)
                    return rematerialized[tensor] == nil ? tensor : graph.kernels[source].results[0]
                }
                var kernel = graph.kernels[producer]
                kernel.operands = kernel.operands.map { copied($0) }
                kernel.results = kernel.results.map { add($0, .kernel(0)) }
                kernel.name = Self.copyName(kernel.name, &kernelNames)
                kernels.append(kernel)
                return copyOf[tensor] ?? tensor
            }
        }

        /// Puts a kernel here, unless it stands before.
        private mutating func place(_ index: Int, readsCopies: Bool) {
            guard placed.insert(index).inserted else { return }
            var kernel = graph.kernels[index]
            if readsCopies { kernel.operands = kernel.operands.map { copied($0) } }
            kernels.append(kernel)
        }

        /// Names have to be unique, also where the pass runs twice.
        private static func copyName(_ original: String, _ names: inout Set<String>) -> String {
            var name = original + suffix
            while !names.insert(name).inserted { name += suffix }
            return name
        }

        private mutating func add(_ original: TensorID, _ origin: KernelGraph.Origin) -> TensorID {
            let copy = TensorID(graph.tensors.count)
            let name = Self.copyName(graph.name(of: original), &tensorNames)
            graph.tensors.append(KernelGraph.Tensor(name: name, type: graph.type(of: original), origin: origin))
            if case .kernel = origin {
                graph.decisions.append(
                    FusionDecision(
                        value: graph.name(of: original), outcome: .materialized,
                        reason: "gradients read \(name), which is computed again for them to save memory"))
            }
            copyOf[original] = copy
            return copy
        }
    }
}
