import Graph

/// From kernels to a program: fixes the order, gives every tensor a slice of a region, and lists the steps.
struct MemoryPlanner {
    let kernels: KernelGraph
    let code: [KernelCode]
    /// The name of each kernel's function.
    let functions: [String]
    /// Without reuse every tensor has memory of its own.
    let reuse: Bool

    private static let alignment = ArenaPacking.alignment

    func plan(name: String) throws(Diagnostic) -> Program {
        let binding = UpdateBinding(kernels)
        let schedule = try Schedule(kernels, additional: binding.dependencies)
        let liveness = Liveness(kernels, schedule)
        var program = Program(name: name)
        let epochs = (schedule.epoch.max() ?? 0) + 1

        var placements = fixedPlacements(binding)
        let storages = StorageMerging(kernels, liveness, schedule, fixed: placements, enabled: reuse)
        var items: [ArenaPacking.Item] = []
        for group in storages.groups {
            items.append(ArenaPacking.Item(size: group.size, live: reuse ? group.live : 0...epochs))
        }
        let scratchStart = items.count
        let scratchKernels = code.indices.filter { code[$0].scratchBytes > 0 }
        for kernel in scratchKernels {
            let epoch = schedule.epoch[kernel]
            items.append(ArenaPacking.Item(size: code[kernel].scratchBytes, live: reuse ? epoch...epoch : 0...epochs))
        }
        let packing = ArenaPacking(items)
        program.workspaceBytes = packing.totalBytes
        program.lowerBoundBytes = packing.lowerBoundBytes
        for (position, group) in storages.groups.enumerated() {
            for tensor in group.tensors { placements[tensor] = Placement(region: .workspace, offset: packing.offsets[position]) }
        }

        var sliceOfTensor: [TensorID: Int] = [:]
        for index in kernels.tensors.indices {
            let tensor = TensorID(index)
            let storage = kernels.storage(of: tensor)
            guard let placement = placements[storage], let live = liveness.intervals[storage.index] else { continue }
            sliceOfTensor[tensor] = program.slices.count
            program.slices.append(
                Program.Slice(
                    name: kernels.name(of: tensor), type: kernels.type(of: tensor), region: placement.region,
                    offset: placement.offset, live: live, storage: kernels.name(of: storage)))
        }
        var scratchSlice: [Int: Int] = [:]
        var names = Set(program.slices.map(\.name))
        for (position, kernel) in scratchKernels.enumerated() {
            scratchSlice[kernel] = program.slices.count
            let epoch = schedule.epoch[kernel]
            // Scratch memory has no elements of its own; bytes are what counts.
            let type = TensorType(.bool, [code[kernel].scratchBytes])
            var name = "\(kernels.kernels[kernel].name).scratch"
            while !names.insert(name).inserted { name += "-2" }
            program.slices.append(
                Program.Slice(
                    name: name, type: type, region: .workspace,
                    offset: packing.offsets[scratchStart + position], live: epoch...epoch))
        }
        program.steps = try steps(schedule, sliceOfTensor, scratchSlice)
        try bind(&program, sliceOfTensor, binding, lastEpoch: epochs)
        return program
    }

    struct Placement: Hashable {
        var region: Region
        var offset: Int
    }

    /// Inputs and outputs have regions of their own, laid out in order.
    private func fixedPlacements(_ binding: UpdateBinding) -> [TensorID: Placement] {
        var placements: [TensorID: Placement] = [:]
        var next: [Region: Int] = [:]
        func place(_ tensor: TensorID, _ region: Region) {
            let size = kernels.type(of: tensor).byteCount
            placements[tensor] = Placement(region: region, offset: next[region, default: 0])
            next[region, default: 0] += (size + Self.alignment - 1) / Self.alignment * Self.alignment
        }
        for input in kernels.inputs {
            switch input.role {
            case .data: place(input.tensor, .inputs)
            case .parameter: place(input.tensor, .parameters)
            case .state: place(input.tensor, .state)
            }
        }
        for (position, output) in kernels.outputs.enumerated() {
            if placements[output.tensor] != nil { continue }
            if binding.inPlace[position] != nil, let input = output.updates {
                placements[output.tensor] = placements[kernels.inputs[input].tensor]
            } else {
                place(output.tensor, .outputs)
            }
        }
        return placements
    }

    private func steps(
        _ schedule: Schedule, _ slices: [TensorID: Int], _ scratch: [Int: Int]
    ) throws(Diagnostic) -> [Program.Step] {
        var steps: [Program.Step] = []
        for index in schedule.order {
            let kernel = kernels.kernels[index]
            var writes: [Int] = []
            for tensor in kernel.results { writes.append(try slice(tensor, slices)) }
            if let scratch = scratch[index] { writes.append(scratch) }
            var reads: [Int] = []
            for tensor in kernel.operands { reads.append(try slice(tensor, slices)) }
            steps.append(
                Program.Step(
                    kernel: functions[index], writes: writes, reads: reads, scratch: scratch[index] == nil ? 0 : 1,
                    tasks: code[index].tasks, epoch: schedule.epoch[index], label: kernel.name))
        }
        return steps
    }

    private func slice(_ tensor: TensorID, _ slices: [TensorID: Int]) throws(Diagnostic) -> Int {
        guard let slice = slices[tensor] else {
            throw Diagnostic("plan.slice", kernels.name(of: tensor), "tensor has no memory", kind: .compilerBug)
        }
        return slice
    }

    private func bind(
        _ program: inout Program, _ slices: [TensorID: Int], _ binding: UpdateBinding, lastEpoch: Int
    ) throws(Diagnostic) {
        for input in kernels.inputs {
            program.inputs.append(
                Program.Binding(name: kernels.name(of: input.tensor), slice: try slice(input.tensor, slices)))
        }
        for (position, output) in kernels.outputs.enumerated() {
            let source = try slice(output.tensor, slices)
            guard let input = output.updates else {
                program.outputs.append(Program.Binding(name: output.name, slice: source))
                continue
            }
            var target = source
            if binding.inPlace[position] == nil && kernels.inputs[input].tensor != output.tensor {
                target = try slice(kernels.inputs[input].tensor, slices)
                let type = kernels.type(of: output.tensor)
                program.steps.append(
                    Program.Step(
                        kernel: CopyKernel.name(type), writes: [target], reads: [source], scratch: 0, tasks: 1,
                        epoch: lastEpoch, label: "\(output.name).update"))
            }
            program.outputs.append(Program.Binding(name: output.name, slice: target, updates: input))
        }
    }
}

/// The function that copies an update which could not be written in place.
enum CopyKernel {
    static func name(_ type: TensorType) -> String { "copy_\(type.byteCount)" }

    static func body(_ bytes: Int) -> String {
        """
        {
            (void)blas;
            if (begin < end) memcpy(p[0], p[1], \(bytes));
        }

        """
    }
}
