import Graph

extension EntryData.Values {
    init(_ graph: Graph) {
        for (index, value) in graph.values.enumerated() {
            let node = graph.definingNode(of: ValueID(index))
            name.append(value.name)
            type.append("\(value.type)")
            operation.append(node?.op.spelling ?? "input")
            attributes.append(node?.op.attributeText ?? Self.role(of: value, in: graph))
            operands.append(node?.operands.map(\.index) ?? [])
            outputs.append("")
        }
        for output in graph.outputs {
            let others = outputs[output.value.index]
            outputs[output.value.index] = others.isEmpty ? output.name : "\(others), \(output.name)"
        }
    }

    private static func role(of value: Graph.Value, in graph: Graph) -> String {
        guard case .input(let input) = value.definition else { return "" }
        return graph.inputs[input].role.rawValue
    }
}

extension EntryData.Kernels {
    /// - Parameter values: numbers of the graph's values, by name: bodies keep the names of what they compute.
    init(_ graph: KernelGraph, values: [String: Int]) {
        for kernel in graph.kernels {
            let computed = kernel.body.nodes.flatMap(\.results).map { kernel.body.name(of: $0) }
            name.append(kernel.name)
            form.append(kernel.form.rawValue)
            tiling.append(kernel.tiling.map(Self.describe) ?? "")
            operations.append(kernel.body.nodes.count)
            computes.append(computed.compactMap { values[$0] })
            others.append(computed.filter { values[$0] == nil })
        }
    }

    private static func describe(_ tiling: Tiling) -> String {
        let axes = "\(tiling.axes) leading \(tiling.axes == 1 ? "axis numbers" : "axes number") the tiles"
        return axes + (tiling.tasks.map { ", shared by \($0) tasks" } ?? "")
    }
}

extension EntryData.Steps {
    /// - Parameter kernels: numbers of the kernels by name, which is also the label of their steps.
    init(_ program: Program, kernels: [String: Int]) {
        for step in program.steps {
            label.append(step.label)
            function.append(step.kernel)
            epoch.append(step.epoch)
            tasks.append(step.tasks)
            writes.append(step.writes)
            reads.append(step.reads)
            scratch.append(step.scratch)
            kernel.append(kernels[step.label])
        }
    }
}

extension EntryData.Memory {
    init(_ program: Program) {
        epochs = program.epochs
        workspaceBytes = program.workspaceBytes
        lowerBoundBytes = program.lowerBoundBytes
        let numbers = Dictionary(program.slices.indices.map { (program.slices[$0].name, $0) }) { first, _ in first }
        for (index, slice) in program.slices.enumerated() {
            slices.name.append(slice.name)
            slices.type.append("\(slice.type)")
            slices.region.append(slice.region.rawValue)
            slices.offset.append(slice.offset)
            slices.bytes.append(slice.type.byteCount)
            slices.first.append(slice.live.lowerBound)
            slices.last.append(slice.live.upperBound)
            slices.storage.append(numbers[slice.storage] ?? index)
        }
    }
}

extension EntryData {
    /// Everything of an entry.
    init(
        graph: Graph, kernels kernelGraph: KernelGraph, program: Program, predictedSeconds: [String: Double]?, times: StepTimes?
    ) {
        let graphValues = Values(graph)
        values = graphValues
        kernels = Kernels(kernelGraph, values: Self.numbers(graphValues.name))
        var steps = Steps(program, kernels: Self.numbers(kernelGraph.kernels.map(\.name)))
        steps.predicted = predictedSeconds.map { seconds in program.steps.map { seconds[$0.kernel] ?? 0 } }
        steps.measured = times?.total
        steps.longest = times?.longest
        self.steps = steps
        runs = times?.runs
        var reasonNumbers: [String: Int] = [:]
        var reasons: [String] = []
        decisions = kernelGraph.decisions.map { decision in
            let number = reasonNumbers[decision.reason] ?? reasons.count
            if number == reasons.count {
                reasonNumbers[decision.reason] = number
                reasons.append(decision.reason)
            }
            return Decision(value: decision.value, outcome: decision.outcome.rawValue, reason: number)
        }
        self.reasons = reasons
        self.program = Memory(program)
    }

    /// Only the memory plan.
    init(program: Program) {
        self.program = Memory(program)
    }

    private static func numbers(_ names: [String]) -> [String: Int] {
        Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    }
}
