import Graph

/// The order of kernels in barrier epochs: kernels of one epoch do not depend on each other.
struct Schedule {
    /// Kernels in execution order.
    let order: [Int]
    /// The epoch of each kernel, by kernel.
    let epoch: [Int]

    /// Every kernel runs as soon as what it reads is written, which puts independent branches side by side; only what is computed
    /// again to save memory runs as late as it can.
    init(_ kernels: KernelGraph, additional: [(earlier: Int, later: Int)]) throws(Diagnostic) {
        let count = kernels.kernels.count
        var successors = [[Int]](repeating: [], count: count)
        var waiting = [Int](repeating: 0, count: count)
        var edges = additional
        for (index, kernel) in kernels.kernels.enumerated() {
            for operand in Set(kernel.operands.map(kernels.storage)) {
                if case .kernel(let producer) = kernels.tensors[operand.index].origin { edges.append((producer, index)) }
            }
        }
        for edge in edges {
            successors[edge.earlier].append(edge.later)
            waiting[edge.later] += 1
        }
        var epoch = [Int](repeating: 0, count: count)
        var ready = (0..<count).filter { waiting[$0] == 0 }
        var scheduled = 0
        while !ready.isEmpty {
            var next: [Int] = []
            for kernel in ready {
                scheduled += 1
                for successor in successors[kernel] {
                    epoch[successor] = max(epoch[successor], epoch[kernel] + 1)
                    waiting[successor] -= 1
                    if waiting[successor] == 0 { next.append(successor) }
                }
            }
            ready = next
        }
        guard scheduled == count else {
            throw Diagnostic("schedule.cycle", kernels.name, "kernels depend on each other in a circle", kind: .compilerBug)
        }
        for index in (0..<count).reversed() where Self.isRepeated(kernels.kernels[index], kernels) {
            let first = successors[index].map { epoch[$0] }.min() ?? epoch[index] + 1
            epoch[index] = first - 1
        }
        self.epoch = epoch
        order = (0..<count).sorted { (epoch[$0], $0) < (epoch[$1], $1) }
    }

    private static func isRepeated(_ kernel: KernelGraph.Kernel, _ kernels: KernelGraph) -> Bool {
        Rematerialization.isCopy(kernel) || Recomputation.isCopy(kernel, kernels)
    }
}
