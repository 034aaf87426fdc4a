import Graph

/// The storages of the workspace, where a result takes over its operand's memory when that is the operand's last use.
struct StorageMerging {
    struct Group {
        var tensors: [TensorID]
        var size: Int
        var live: ClosedRange<Int>
    }

    private(set) var groups: [Group] = []

    init(
        _ kernels: KernelGraph, _ liveness: Liveness, _ schedule: Schedule,
        fixed: [TensorID: MemoryPlanner.Placement], enabled: Bool
    ) {
        var groupOf: [TensorID: Int] = [:]
        var readersOf = [[Int]](repeating: [], count: kernels.tensors.count)
        for (index, kernel) in kernels.kernels.enumerated() {
            for storage in Set(kernel.operands.map(kernels.storage)) { readersOf[storage.index].append(index) }
        }
        for index in schedule.order {
            let kernel = kernels.kernels[index]
            for result in kernel.results where fixed[result] == nil {
                guard let live = liveness.intervals[result.index] else { continue }
                let size = kernels.type(of: result).byteCount
                let reused = enabled ? kernel.operands.first { operand in
                    guard let group = groupOf[operand], groups[group].tensors.last == operand,
                        groups[group].live.upperBound == schedule.epoch[index], groups[group].size == size
                    else { return false }
                    // Another reader in the same epoch could run after this kernel has written.
                    let others = readersOf[operand.index].filter { schedule.epoch[$0] == schedule.epoch[index] }
                    return others == [index] && kernel.operands.count { kernels.storage(of: $0) == operand } == 1
                        && IdentityAccess.holds(kernel, operand: operand)
                } : nil
                if let reused, let group = groupOf[reused] {
                    groups[group].tensors.append(result)
                    groups[group].live = groups[group].live.lowerBound...live.upperBound
                    groupOf[result] = group
                } else {
                    groupOf[result] = groups.count
                    groups.append(Group(tensors: [result], size: size, live: live))
                }
            }
        }
    }
}
