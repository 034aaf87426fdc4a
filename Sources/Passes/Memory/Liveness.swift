import Graph

/// The epochs in which each storage's content is needed.
struct Liveness {
    /// By tensor; nil for tensors that are not storages of the workspace's kind or are never written.
    let intervals: [ClosedRange<Int>?]

    init(_ kernels: KernelGraph, _ schedule: Schedule) {
        var intervals = [ClosedRange<Int>?](repeating: nil, count: kernels.tensors.count)
        let last = max(0, (schedule.epoch.max() ?? 0))
        func extend(_ tensor: TensorID, _ epoch: Int) {
            let storage = kernels.storage(of: tensor).index
            guard let old = intervals[storage] else {
                intervals[storage] = epoch...epoch
                return
            }
            intervals[storage] = min(old.lowerBound, epoch)...max(old.upperBound, epoch)
        }
        for (index, kernel) in kernels.kernels.enumerated() {
            for tensor in kernel.results + kernel.operands { extend(tensor, schedule.epoch[index]) }
        }
        for input in kernels.inputs { extend(input.tensor, 0) }
        for output in kernels.outputs { extend(output.tensor, last) }
        self.intervals = intervals
    }
}
