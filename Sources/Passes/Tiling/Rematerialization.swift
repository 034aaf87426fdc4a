import Graph

/// Computes large values again for their late readers instead of keeping them in memory until then.
///
/// A value qualifies if a chain of products and expressions makes it from much smaller values, such as attention scores and
/// probabilities from queries and keys. Values along the chain that are small, such as a softmax's sums, are kept.
public enum Rematerialization {
    public static let pass = Pass<KernelGraph, KernelGraph>(
        name: "rematerialize", summary: "Computes large values again for late readers, from the small values they come from.",
        run: { (graph: KernelGraph) throws(Diagnostic) in Worker(graph).run() })

    /// Readers this many dependency levels after the value's definition are late.
    private static let lateLevels = 12
    /// A value is large if it has this many times the elements of the values it comes from.
    private static let growth = 2
    private static let smallestElementCount = 1 << 12

    private static let suffix = ".again"

    /// Whether a kernel computes something for the second time.
    static func isCopy(_ kernel: KernelGraph.Kernel) -> Bool { kernel.name.hasSuffix(suffix) }

    private struct Worker {
        var graph: KernelGraph
        let level: [Int]
        var cloneOf: [TensorID: TensorID] = [:]

        init(_ graph: KernelGraph) {
            self.graph = graph
            level = Self.levels(graph)
        }

        private static func levels(_ graph: KernelGraph) -> [Int] {
            var level = [Int](repeating: 0, count: graph.kernels.count)
            for (index, kernel) in graph.kernels.enumerated() {
                for operand in kernel.operands {
                    if case .kernel(let producer) = graph.tensors[graph.storage(of: operand).index].origin {
                        level[index] = max(level[index], level[producer] + 1)
                    }
                }
            }
            return level
        }

        func run() -> KernelGraph {
            var worker = self
            let original = graph.kernels
            var kernels: [KernelGraph.Kernel] = []
            let outputs = Set(graph.outputs.map { graph.storage(of: $0.tensor) })
            for (index, kernel) in original.enumerated() {
                var kernel = kernel
                for position in kernel.operands.indices {
                    let operand = kernel.operands[position]
                    guard case .kernel(let producer) = graph.tensors[operand.index].origin, !outputs.contains(operand),
                        level[index] - level[producer] > lateLevels, qualifies(operand)
                    else { continue }
                    kernel.operands[position] = worker.clone(operand, into: &kernels)
                }
                kernels.append(kernel)
            }
            worker.graph.kernels = kernels
            worker.renumberOrigins()
            return worker.graph.normalized()
        }

        /// Whether the chain below a value ends in much smaller ones.
        private func qualifies(_ tensor: TensorID) -> Bool {
            let count = graph.type(of: tensor).elementCount
            guard count >= smallestElementCount else { return false }
            var leaves: Set<TensorID> = []
            var steps = 0
            guard collect(tensor, size: count, &leaves, &steps) else { return false }
            return leaves.reduce(0) { $0 + graph.type(of: $1).elementCount } * growth <= count
        }

        private func collect(_ tensor: TensorID, size: Int, _ leaves: inout Set<TensorID>, _ steps: inout Int) -> Bool {
            guard let producer = cheapProducer(tensor), steps < 16 else { return false }
            steps += 1
            for operand in graph.kernels[producer].operands {
                if isLeaf(operand, size) {
                    leaves.insert(graph.storage(of: operand))
                } else if !collect(operand, size: size, &leaves, &steps) {
                    return false
                }
            }
            return true
        }

        private func isLeaf(_ tensor: TensorID, _ size: Int) -> Bool {
            graph.type(of: tensor).elementCount * growth <= size || cheapProducer(tensor) == nil
        }

        /// Expressions, and products over short axes whose batch axes say that each tile is small.
        private func cheapProducer(_ tensor: TensorID) -> Int? {
            guard case .kernel(let index) = graph.tensors[tensor.index].origin else { return nil }
            let kernel = graph.kernels[index]
            guard kernel.results.count == 1, let root = kernel.body.nodes.last else { return nil }
            switch kernel.form {
            case .pointwise: return index
            case .product, .reduction:
                guard case .dot(let dimensions) = root.op, dimensions.leftBatch.count >= 2 else { return nil }
                return index
            case .accumulation, .loop, .tiles: return nil
            }
        }

        private mutating func clone(_ tensor: TensorID, into kernels: inout [KernelGraph.Kernel]) -> TensorID {
            if let existing = cloneOf[tensor] { return existing }
            guard let producer = cheapProducer(tensor) else { return tensor }
            let size = graph.type(of: tensor).elementCount
            var kernel = graph.kernels[producer]
            for position in kernel.operands.indices where !isLeaf(kernel.operands[position], size) {
                kernel.operands[position] = clone(kernel.operands[position], into: &kernels)
            }
            let copy = TensorID(graph.tensors.count)
            let name = graph.name(of: tensor) + suffix
            graph.tensors.append(KernelGraph.Tensor(name: name, type: graph.type(of: tensor), origin: .kernel(0)))
            graph.decisions.append(
                FusionDecision(
                    value: graph.name(of: tensor), outcome: .fused,
                    reason: "late readers compute it again from smaller values, as \(name)"))
            kernel.name = name
            kernel.results = [copy]
            kernels.append(kernel)
            cloneOf[tensor] = copy
            return copy
        }

        private mutating func renumberOrigins() {
            for (index, kernel) in graph.kernels.enumerated() {
                for result in kernel.results { graph.tensors[result.index].origin = .kernel(index) }
            }
        }
    }
}
