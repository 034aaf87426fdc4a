/// The differences between two programs: steps, epochs and memory.
public struct ProgramDiff: Sendable {
    public private(set) var level: LevelDiff
    private let a: Program
    private let b: Program
    private let matching: NodeMatching
    private let flowA: ProgramFlow
    private let flowB: ProgramFlow
    private let inputs: [Int?]
    private let outputs: [Int?]

    /// - Parameters:
    ///   - kernelsA: the kernels of `a`, where they are known; they tell apart steps of one form.
    ///   - kernelsB: the kernels of `b`.
    public init(_ a: Program, _ b: Program, kernelsA: KernelGraph? = nil, kernelsB: KernelGraph? = nil) {
        (self.a, self.b) = (a, b)
        let knowsKernels = kernelsA != nil && kernelsB != nil
        let pairing = InterfacePairing(a, b)
        (inputs, outputs) = (pairing.inputs, pairing.outputs)
        let (inputIdentities, outputIdentities) = (pairing.inputIdentities, pairing.outputIdentities)
        flowA = ProgramFlow(a, knowsKernels ? kernelsA : nil, inputs: inputIdentities.a, outputs: outputIdentities.a)
        flowB = ProgramFlow(b, knowsKernels ? kernelsB : nil, inputs: inputIdentities.b, outputs: outputIdentities.b)
        matching = NodeMatching(flowA.graph, flowB.graph)
        level = LevelDiff(.program, a.name, differences: [])
        level.sizes = [
            LevelDiff.Size("steps", a.steps.count, b.steps.count), LevelDiff.Size("epochs", a.epochs, b.epochs),
            LevelDiff.Size("workspace bytes", a.workspaceBytes, b.workspaceBytes),
            LevelDiff.Size("lower bound bytes", a.lowerBoundBytes, b.lowerBoundBytes),
        ]
        compareMemory()
        compareBindings(pairing)
        compareSteps()
        compareSlices()
    }

    private mutating func compareMemory() {
        var details: [Difference.Detail] = []
        for (name, bytesA, bytesB) in [
            ("bytes", a.workspaceBytes, b.workspaceBytes), ("lower bound", a.lowerBoundBytes, b.lowerBoundBytes),
        ] where bytesA != bytesB {
            details.append(Difference.Detail(name, "\(bytesA)", "\(bytesB)"))
        }
        guard !details.isEmpty else { return }
        level.differences.append(Difference(.changed, .memory, "workspace", a: "workspace", b: "workspace", details: details))
    }

    // MARK: Inputs and outputs

    private mutating func compareBindings(_ pairing: InterfacePairing) {
        for (left, right) in inputs.enumerated() {
            guard let right else {
                level.differences.append(Difference(.removed, .input, "input", a: NameText.word(a.inputs[left].name)))
                continue
            }
            let (name, other) = (NameText.word(a.inputs[left].name), NameText.word(b.inputs[right].name))
            let (typeA, typeB) = (a.slices[a.inputs[left].slice].type, b.slices[b.inputs[right].slice].type)
            if name != other { level.renamedInputs.append(Difference.Detail("name", name, other)) }
            if typeA != typeB { change(.input, "input", name, other, [Difference.Detail("type", "\(typeA)", "\(typeB)")]) }
        }
        for right in pairing.inputsOnlyInB {
            level.differences.append(Difference(.added, .input, "input", b: NameText.word(b.inputs[right].name)))
        }
        for (left, right) in outputs.enumerated() {
            guard let right else {
                level.differences.append(Difference(.removed, .output, "output", a: NameText.word(a.outputs[left].name)))
                continue
            }
            compareOutputs(left, right)
        }
        for right in pairing.outputsOnlyInB {
            level.differences.append(Difference(.added, .output, "output", b: NameText.word(b.outputs[right].name)))
        }
    }

    private mutating func compareOutputs(_ left: Int, _ right: Int) {
        let (outputA, outputB) = (a.outputs[left], b.outputs[right])
        var details: [Difference.Detail] = []
        if outputA.name != outputB.name { details.append(Difference.Detail("name", outputA.name, outputB.name)) }
        if !matching.isSame(flowA.graph.sinks[left].value, flowB.graph.sinks[right].value) {
            details.append(Difference.Detail("content", sliceName(outputA.slice, a), sliceName(outputB.slice, b)))
        }
        if outputA.updates.map({ inputs[$0] }) != outputB.updates.map({ $0 }) {
            let (nameA, nameB) = (outputA.updates.map { a.inputs[$0].name }, outputB.updates.map { b.inputs[$0].name })
            details.append(Difference.Detail("updates", nameA, nameB))
        }
        if !details.isEmpty { change(.output, "output", NameText.word(outputA.name), NameText.word(outputB.name), details) }
    }

    // MARK: Steps

    private var stepPairs: [(a: Int, b: Int)] {
        matching.partnerOfA.enumerated().compactMap { step, partner in partner.map { (step, $0) } }
    }

    private mutating func compareSteps() {
        let pairs = stepPairs
        let epochs = EpochAlignment(pairs.map { (a.steps[$0.a].epoch, b.steps[$0.b].epoch) })
        let functions = functionPartners(pairs)
        for (index, step) in a.steps.enumerated() {
            guard let partner = matching.partnerOfA[index] else {
                level.differences.append(whole(.removed, step, a))
                continue
            }
            let other = b.steps[partner]
            var details = operands(index, partner)
            if functions[step.kernel] != other.kernel { details.append(Difference.Detail("kernel", step.kernel, other.kernel)) }
            if step.tasks != other.tasks { details.append(Difference.Detail("tasks", "\(step.tasks)", "\(other.tasks)")) }
            if step.scratch != other.scratch {
                details.append(Difference.Detail("scratch", "\(step.scratch)", "\(other.scratch)"))
            }
            if (epochs.partner[step.epoch] ?? step.epoch) != other.epoch {
                details.append(Difference.Detail("epoch", "\(step.epoch)", "\(other.epoch)"))
            }
            if !details.isEmpty { change(.step, step.kernel, NameText.value(step.label), NameText.value(other.label), details) }
        }
        for (index, step) in b.steps.enumerated() where matching.partnerOfB[index] == nil {
            level.differences.append(whole(.added, step, b))
        }
    }

    /// For each kernel function the one of the same form that most of its steps call in the second program.
    private func functionPartners(_ pairs: [(a: Int, b: Int)]) -> [String: String] {
        var votes: [String: [String: Int]] = [:]
        for pair in pairs { votes[a.steps[pair.a].kernel, default: [:]][b.steps[pair.b].kernel, default: 0] += 1 }
        return votes.mapValues { $0.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "" }
    }

    private func operands(_ stepA: Int, _ stepB: Int) -> [Difference.Detail] {
        let (nodeA, nodeB) = (flowA.graph.nodes[stepA], flowB.graph.nodes[stepB])
        let (readsA, readsB) = (a.steps[stepA].reads, b.steps[stepB].reads)
        guard readsA.count == readsB.count else {
            return [Difference.Detail("reads", names(readsA, a), names(readsB, b))]
        }
        let changed = readsA.indices.filter { slot in
            !matching.isSame(nodeA.operands[slot], nodeB.operands[slot])
                && !areNamesakes(readsA[slot], nodeA.operands[slot], readsB[slot], nodeB.operands[slot])
        }
        return changed.map { slot in
            Difference.Detail("reads, place \(slot)", sliceName(readsA[slot], a), sliceName(readsB[slot], b))
        }
    }

    /// Whether two contents of one name and type are the same for all that is known: one of them comes from a step without a
    /// partner, so that only names can tell.
    private func areNamesakes(_ sliceA: Int, _ valueA: Int, _ sliceB: Int, _ valueB: Int) -> Bool {
        guard a.slices[sliceA].name == b.slices[sliceB].name, a.slices[sliceA].type == b.slices[sliceB].type,
            let stepA = flowA.graph.producers[valueA], let stepB = flowB.graph.producers[valueB]
        else { return false }
        return matching.partnerOfA[stepA] == nil || matching.partnerOfB[stepB] == nil
    }

    // MARK: Slices

    private mutating func compareSlices() {
        let partners = slicePartners()
        let taken = Set(partners.compactMap { $0 })
        for (index, slice) in a.slices.enumerated() {
            guard let partner = partners[index] else {
                // Slices of steps that are gone are gone with them.
                if flowA.touched[index] == nil { level.differences.append(whole(.removed, slice)) }
                continue
            }
            let details = compare(index, partner, partners)
            guard !details.isEmpty else { continue }
            change(.slice, slice.region.rawValue, NameText.value(slice.name), NameText.value(b.slices[partner].name), details)
        }
        for (index, slice) in b.slices.enumerated() where !taken.contains(index) && flowB.touched[index] == nil {
            level.differences.append(whole(.added, slice))
        }
    }

    /// Slices stand for each other if steps that do so write or read them in the same place.
    private func slicePartners() -> [Int?] {
        var partners = [Int?](repeating: nil, count: a.slices.count)
        var taken: Set<Int> = []
        func pair(_ left: Int, _ right: Int) {
            if partners[left] == nil, taken.insert(right).inserted { partners[left] = right }
        }
        for (left, right) in inputs.enumerated() {
            if let right { pair(a.inputs[left].slice, b.inputs[right].slice) }
        }
        for steps in stepPairs {
            let (left, right) = (a.steps[steps.a].writes, b.steps[steps.b].writes)
            // Where a step writes more than its partner, names have to say which is which.
            if left.count == right.count { for (left, right) in zip(left, right) { pair(left, right) } }
        }
        for steps in stepPairs {
            for (left, right) in zip(a.steps[steps.a].reads, b.steps[steps.b].reads) { pair(left, right) }
        }
        for (left, right) in outputs.enumerated() {
            if let right { pair(a.outputs[left].slice, b.outputs[right].slice) }
        }
        let names = Dictionary(zip(b.slices.map(\.name), b.slices.indices)) { first, _ in first }
        for (index, slice) in a.slices.enumerated() {
            if let right = names[slice.name] { pair(index, right) }
        }
        return partners
    }

    private func compare(_ left: Int, _ right: Int, _ partners: [Int?]) -> [Difference.Detail] {
        let (sliceA, sliceB) = (a.slices[left], b.slices[right])
        var details: [Difference.Detail] = []
        let isView = sliceA.storage != sliceA.name && sliceB.storage != sliceB.name
        let (storageA, storageB) = (flowA.storages[left], flowB.storages[right])
        if let storageA, let storageB, partners[storageA] != storageB || (storageA == left) != (storageB == right) {
            details.append(Difference.Detail("storage", NameText.value(sliceA.storage), NameText.value(sliceB.storage)))
        }
        if sliceA.type != sliceB.type { details.append(Difference.Detail("type", "\(sliceA.type)", "\(sliceB.type)")) }
        // A view moves with its storage.
        let moves = !isView || shift(sliceA, storageA, a) != shift(sliceB, storageB, b)
        if moves && (sliceA.region != sliceB.region || sliceA.offset != sliceB.offset) {
            let (placeA, placeB) = ("\(sliceA.region.rawValue) \(sliceA.offset)", "\(sliceB.region.rawValue) \(sliceB.offset)")
            details.append(Difference.Detail("place", placeA, placeB))
        }
        // Where only a step has moved, the step says so.
        let livesOtherwise = slack(sliceA, flowA.touched[left]) != slack(sliceB, flowB.touched[right]) && sliceA.live != sliceB.live
        if livesOtherwise, !isView || details.isEmpty {
            details.append(Difference.Detail("live", text(sliceA.live), text(sliceB.live)))
        }
        return details
    }

    private func shift(_ slice: Program.Slice, _ storage: Int?, _ program: Program) -> Int? {
        storage.map { slice.offset - program.slices[$0].offset }
    }

    /// How much longer a slice lives than steps need it: a difference of its own, while the rest follows from the steps.
    private func slack(_ slice: Program.Slice, _ touched: ClosedRange<Int>?) -> [Int]? {
        touched.map { [$0.lowerBound - slice.live.lowerBound, slice.live.upperBound - $0.upperBound] }
    }

    // MARK: Words

    private mutating func change(
        _ subject: Difference.Subject, _ what: String, _ nameA: String, _ nameB: String, _ details: [Difference.Detail]
    ) {
        level.differences.append(Difference(.changed, subject, what, a: nameA, b: nameB, details: details))
    }

    private func whole(_ kind: Difference.Kind, _ step: Program.Step, _ program: Program) -> Difference {
        let types = step.writes.map { "\(program.slices[$0].type)" }.joined(separator: ", ")
        let name = NameText.value(step.label)
        return Difference(
            kind, .step, step.kernel, a: kind == .removed ? name : nil, b: kind == .added ? name : nil, type: types,
            details: [.fact("epoch", kind, "\(step.epoch)")])
    }

    private func whole(_ kind: Difference.Kind, _ slice: Program.Slice) -> Difference {
        let name = NameText.value(slice.name)
        return Difference(
            kind, .slice, slice.region.rawValue, a: kind == .removed ? name : nil, b: kind == .added ? name : nil,
            type: "\(slice.type)")
    }

    private func names(_ slices: [Int], _ program: Program) -> String {
        slices.map { sliceName($0, program) }.joined(separator: ", ")
    }

    private func sliceName(_ slice: Int, _ program: Program) -> String { NameText.value(program.slices[slice].name) }

    private func text(_ live: ClosedRange<Int>) -> String { "\(live.lowerBound)..\(live.upperBound)" }
}
