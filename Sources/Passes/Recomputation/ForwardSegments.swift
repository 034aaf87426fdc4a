import Graph

/// Parts of a forward computation, such as layers, each of which ends in one small value and keeps large ones for the gradients.
///
/// Found by structure: a segment is what leads to the gradients' computation and to the rest of the forward computation only
/// through the segment's last kernel. A layer with a residual connection ends where the branches come together.
/// Keeping only such values and computing the others again is due to Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016.
struct ForwardSegments {
    struct Segment {
        /// In ascending order, without the kernel that the segment ends in.
        var kernels: [Int]
        /// The kernel that the segment ends in; nil while it has not ended.
        var last: Int?
        /// Of the results that gradients read.
        var keptBytes: Int
    }

    /// In the order of the forward computation.
    private(set) var segments: [Segment] = []
    /// Whether a kernel belongs to the forward computation.
    let isForward: [Bool]

    /// A segment is worth its last value if it keeps this many times the bytes of that value.
    private static let joinGrowth = 3
    /// The same for values that only one kernel reads: within a layer, where the branches have not come together yet.
    private static let chainGrowth = 16
    private static let fewestBytes = 1 << 12

    /// - Parameter graph: kernels after fusion, none of them in tiles yet.
    init(_ graph: KernelGraph) {
        let readers = Self.readers(graph)
        isForward = Self.forward(graph)
        let forward = isForward
        let outputs = Set(graph.outputs.map { graph.storage(of: $0.tensor) })
        let dominators = PostDominators(
            consumers: graph.kernels.indices.map { forward[$0] ? readers[$0].filter { forward[$0] } : nil },
            isExit: { kernel in graph.kernels[kernel].results.contains(where: outputs.contains) })
        // What is collected below a kernel whose segment has not ended.
        var open = [Segment](repeating: Segment(kernels: [], last: nil, keptBytes: 0), count: graph.kernels.count)
        for kernel in graph.kernels.indices where forward[kernel] {
            let size = graph.kernels[kernel].results.reduce(0) { $0 + graph.type(of: $1).byteCount }
            let isKept = readers[kernel].contains { !forward[$0] }
            var pending = open[kernel]
            let growth = readers[kernel].count { forward[$0] } > 1 ? Self.joinGrowth : Self.chainGrowth
            // Of the last segment the gradients are computed at once.
            if pending.keptBytes >= max(size * growth, Self.fewestBytes), readers[kernel].contains(where: { forward[$0] }) {
                pending.kernels.sort()
                pending.last = kernel
                segments.append(pending)
                pending = Segment(kernels: [], last: nil, keptBytes: 0)
            } else {
                pending.kernels.append(kernel)
                if isKept { pending.keptBytes += size }
            }
            guard let next = dominators.immediate[kernel] else { continue }
            open[next].kernels += pending.kernels
            open[next].keptBytes += pending.keptBytes
        }
        dropSharedKernels(readers)
    }

    /// What other segments read, too, such as a context of all layers, would be computed again for the first one that needs it and
    /// stay in memory until the last.
    private mutating func dropSharedKernels(_ readers: [[Int]]) {
        var segmentOf: [Int: Int] = [:]
        for (index, segment) in segments.enumerated() {
            for kernel in segment.kernels { segmentOf[kernel] = index }
        }
        for index in segments.indices {
            let last = segments[index].last
            segments[index].kernels.removeAll { kernel in
                readers[kernel].contains { isForward[$0] && $0 != last && segmentOf[$0] != index }
            }
        }
    }

    /// By kernel, the kernels that read its results, directly or as views.
    private static func readers(_ graph: KernelGraph) -> [[Int]] {
        var readers = [[Int]](repeating: [], count: graph.kernels.count)
        for (index, kernel) in graph.kernels.enumerated() {
            for storage in Set(kernel.operands.map(graph.storage)) {
                if case .kernel(let producer) = graph.tensors[storage.index].origin { readers[producer].append(index) }
            }
        }
        return readers
    }

    /// Kernels that neither belong to the gradients nor need anything that does.
    private static func forward(_ graph: KernelGraph) -> [Bool] {
        var isForward = [Bool](repeating: true, count: graph.kernels.count)
        for (index, kernel) in graph.kernels.enumerated() {
            let needsGradients = kernel.operands.contains { operand in
                if case .kernel(let producer) = graph.tensors[graph.storage(of: operand).index].origin { return !isForward[producer] }
                return false
            }
            isForward[index] = !needsGradients && !Autodiff.isGradientName(kernel.name) && !Rematerialization.isCopy(kernel)
                && !Recomputation.isCopy(kernel, graph)
        }
        return isForward
    }
}
