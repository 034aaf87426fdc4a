import Graph

/// Computes large values again for their late readers instead of keeping them in memory until then.
///
/// Two kinds of values qualify. One is a single expression of values that stay in memory until then anyway, such as a hidden
/// layer after its activation. The other is made by a chain of products and expressions from much smaller values, such as
/// attention scores and probabilities from queries and keys; values along the chain that are small, such as a softmax's sums, are kept.
public enum Rematerialization {
    public static let pass = Pass<KernelGraph, KernelGraph>(
        name: "rematerialize", summary: "Computes large values again for late readers, from the small values they come from.",
        run: { (graph: KernelGraph) throws(Diagnostic) in Worker(graph).run() })

    /// Readers this many dependency levels after the value's definition are late.
    private static let lateLevels = 12
    /// A value is large if it has this many times the elements of the values it comes from.
    private static let growth = 2
    private static let smallestElementCount = 1 << 12
    /// Operands of less than this share of a value cost nothing to keep.
    fileprivate static let largeShare = 8

    private static let suffix = ".again"

    /// Whether a kernel computes something for the second time.
    static func isCopy(_ kernel: KernelGraph.Kernel) -> Bool { kernel.name.hasSuffix(suffix) }

    /// The kernels that compute something for the second time, by what they compute.
    static func copies(in graph: KernelGraph) -> [TensorID: Int] {
        var copies: [String: Int] = [:]
        for (index, kernel) in graph.kernels.enumerated() where isCopy(kernel) { copies[kernel.name] = index }
        var copyOf: [TensorID: Int] = [:]
        for kernel in graph.kernels where kernel.results.count == 1 {
            copyOf[kernel.results[0]] = copies[graph.name(of: kernel.results[0]) + suffix]
        }
        return copyOf
    }

    private struct Worker {
        var graph: KernelGraph
        let level: [Int]
        /// The level of the last kernel that reads a tensor or a view of it.
        private let lastRead: [TensorID: Int]
        var cloneOf: [TensorID: TensorID] = [:]

        init(_ graph: KernelGraph) {
            self.graph = graph
            level = Self.levels(graph)
            var lastRead: [TensorID: Int] = [:]
            for (index, kernel) in graph.kernels.enumerated() {
                for operand in kernel.operands {
                    lastRead[graph.storage(of: operand), default: 0] = max(lastRead[graph.storage(of: operand)] ?? 0, level[index])
                }
            }
            self.lastRead = lastRead
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
                        level[index] - level[producer] > lateLevels
                    else { continue }
                    if qualifies(operand) {
                        kernel.operands[position] = worker.clone(operand, into: &kernels)
                    } else if isFree(operand, producer, at: level[index]) {
                        kernel.operands[position] = worker.clone(operand, into: &kernels, isWhole: false)
                    }
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

        /// Whether a value is one expression of values that are in memory until then anyway.
        private func isFree(_ tensor: TensorID, _ producer: Int, at reader: Int) -> Bool {
            let kernel = graph.kernels[producer]
            let count = graph.type(of: tensor).elementCount
            guard kernel.form == .pointwise, count >= smallestElementCount else { return false }
            return kernel.operands.allSatisfy { operand in
                let storage = graph.storage(of: operand)
                guard graph.type(of: storage).elementCount * Rematerialization.largeShare > count else { return true }
                switch graph.tensors[storage.index].origin {
                case .input: return true
                case .kernel, .view: return (lastRead[storage] ?? 0) + lateLevels >= reader
                }
            }
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
            case .accumulation, .matrices, .loop, .tiles: return nil
            }
        }

        /// - Parameter isWhole: whether the values that the chain makes on the way are computed again, too.
        private mutating func clone(
            _ tensor: TensorID, into kernels: inout [KernelGraph.Kernel], isWhole: Bool = true
        ) -> TensorID {
            if let existing = cloneOf[tensor] { return existing }
            guard let producer = cheapProducer(tensor) else { return tensor }
            let size = graph.type(of: tensor).elementCount
            var kernel = graph.kernels[producer]
            for position in kernel.operands.indices where isWhole && !isLeaf(kernel.operands[position], size) {
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
