import Graph

/// Which pointwise kernels run as one loop.
///
/// No kernel of a group runs later than it would alone. So a group needs nothing that comes from its own results: whatever
/// reads them would run later than the group, and so would its readers.
struct PointwiseGroups {
    private let graph: KernelGraph
    /// The epoch of each kernel when it runs as soon as it can; that of its group, once it has one.
    private var epoch: [Int]
    private let producers: [[Int]]
    /// The kernels that read a tensor or views of it.
    private let readers: [TensorID: [Int]]
    private let returned: Set<TensorID>
    /// For each updated input the kernel that computes its next content.
    private let writers: [TensorID: Int]
    /// For each such kernel the input.
    private let updates: [Int: TensorID]
    /// For each kernel what it reads at the place of the element that it computes, and nowhere else; nil where it can't join.
    private let elementwise: [Set<TensorID>?]
    private var groupOf: [Int?]
    private var groups: [[Int]] = []
    /// Why a kernel that has no group was not taken into a neighbour's.
    private(set) var refusals: [Int: String] = [:]

    private static let mostResults = 8
    /// Bounds the values that a loop keeps in registers.
    private static let largestBody = 64
    /// Loops over shorter rows lose more than they save in memory.
    private static let shortestRow = 32

    init(_ graph: KernelGraph) throws(Diagnostic) {
        self.graph = graph
        epoch = try Schedule(graph, additional: []).epoch
        groupOf = graph.kernels.map { _ in nil }
        var producers = [[Int]](repeating: [], count: graph.kernels.count)
        var readers: [TensorID: [Int]] = [:]
        for (index, kernel) in graph.kernels.enumerated() {
            for storage in Set(kernel.operands.map(graph.storage)).sorted() {
                readers[storage, default: []].append(index)
                if case .kernel(let producer) = graph.tensors[storage.index].origin { producers[index].append(producer) }
            }
        }
        self.producers = producers
        self.readers = readers
        returned = Set(graph.outputs.map(\.tensor))
        var writers: [TensorID: Int] = [:]
        for output in graph.outputs {
            guard let input = output.updates, case .kernel(let writer) = graph.tensors[output.tensor.index].origin else { continue }
            writers[graph.inputs[input].tensor] = writer
        }
        self.writers = writers
        updates = Dictionary(writers.map { ($0.value, $0.key) }, uniquingKeysWith: min)
        elementwise = graph.kernels.map { kernel in
            guard kernel.form == .pointwise, kernel.results.count == 1, !Rematerialization.isCopy(kernel) else { return nil }
            return Set(kernel.operands.filter { IdentityAccess.holds(kernel, operand: $0) })
        }
    }

    func isTaken(_ kernel: Int) -> Bool { groupOf[kernel] != nil }

    // MARK: Growth

    /// Grows a group around every kernel that has none.
    mutating func form() {
        for seed in graph.kernels.indices where elementwise[seed] != nil && !isTaken(seed) {
            let members = grow(seed)
            guard members.count > 1 else { continue }
            let start = start(members)
            for member in members {
                groupOf[member] = groups.count
                epoch[member] = start
            }
            groups.append(members)
        }
    }

    private mutating func grow(_ seed: Int) -> [Int] {
        var members = [seed]
        var changed = true
        while changed {
            changed = false
            for candidate in neighbours(members) {
                if let refusal = refusal(of: candidate, members) {
                    if refusals[candidate] == nil { refusals[candidate] = refusal }
                } else {
                    members.append(candidate)
                    changed = true
                }
            }
        }
        return members.sorted { (epoch[$0], $0) < (epoch[$1], $1) }
    }

    /// Kernels of the same shape that read what a member computes, compute what it reads, or read what it reads.
    private func neighbours(_ members: [Int]) -> [Int] {
        var found: Set<Int> = []
        for member in members {
            found.formUnion(producers[member])
            found.formUnion(readers[result(member), default: []])
            for operand in elementwise[member] ?? [] {
                found.formUnion(readers[graph.storage(of: operand), default: []].filter {
                    elementwise[$0]?.contains(operand) ?? false
                })
            }
        }
        let shape = shape(members[0])
        return found.subtracting(members).filter { elementwise[$0] != nil && !isTaken($0) && self.shape($0) == shape }.sorted()
    }

    private func result(_ kernel: Int) -> TensorID { graph.kernels[kernel].results[0] }

    private func shape(_ kernel: Int) -> Shape { graph.type(of: result(kernel)).shape }

    // MARK: Legality

    /// Why a kernel can't join the members, or nil if it can.
    private func refusal(of candidate: Int, _ members: [Int]) -> String? {
        let all = members + [candidate]
        if let reader = movedReader(all) { return "\(graph.kernels[reader].name) reads a result elsewhere or through a view" }
        if let waiting = delayed(all) { return "\(graph.kernels[waiting].name) would have to wait" }
        if let update = blockedUpdate(all) { return "\(graph.name(of: update)) could not be updated in place" }
        if all.reduce(0, { $0 + graph.kernels[$1].body.nodes.count }) > Self.largestBody { return "the loop is large enough" }
        if stored(all).count > Self.mostResults { return "more than \(Self.mostResults) results" }
        if let last = shape(candidate).dimensions.last, last < Self.shortestRow, all.contains(where: { !isFlat($0) }),
            all.contains(where: isFlat)
        {
            return "rows are short"
        }
        return nil
    }

    /// A member that reads another one's result anywhere but at the place that it computes, or not by its own name.
    private func movedReader(_ members: [Int]) -> Int? {
        let results = Set(members.map(result))
        return members.first { member in
            graph.kernels[member].operands.contains {
                let storage = graph.storage(of: $0)
                return results.contains(storage) && ($0 != storage || !(elementwise[member]?.contains($0) ?? false))
            }
        }
    }

    /// A member that would run later than alone.
    private func delayed(_ members: [Int]) -> Int? {
        let start = start(members)
        return members.first { epoch[$0] < start }
    }

    /// The epoch in which all that the members read from outside is there.
    private func start(_ members: [Int]) -> Int {
        members.flatMap { producers[$0] }.filter { !members.contains($0) }.map { epoch[$0] + 1 }.max() ?? 0
    }

    /// An updated input that the group would no longer let be updated in place.
    private func blockedUpdate(_ members: [Int]) -> TensorID? {
        let start = start(members)
        let inputs = Set(members.flatMap { graph.kernels[$0].operands.map(graph.storage) } + members.compactMap { updates[$0] })
        return inputs.sorted().first { input in
            guard let writer = writers[input] else { return false }
            // A member that reads the old content must not need the next one.
            guard members.contains(writer) else { return epoch[writer] < start }
            return !readers[input, default: []].allSatisfy { reader in
                members.contains(reader) ? readsOnly(reader, input) : epoch[reader] <= start
            }
        }
    }

    /// Whether a kernel reads a storage by one operand, at the place of the element that it computes.
    private func readsOnly(_ kernel: Int, _ storage: TensorID) -> Bool {
        graph.kernels[kernel].operands.filter { graph.storage(of: $0) == storage } == [storage]
            && elementwise[kernel]?.contains(storage) ?? false
    }

    /// Whether a kernel walks its operands as one row, whatever their shape.
    private func isFlat(_ kernel: Int) -> Bool {
        graph.kernels[kernel].operands.allSatisfy {
            graph.type(of: $0).elementCount == 1 || elementwise[kernel]?.contains($0) ?? false
        }
    }

    // MARK: Results

    /// The members whose results others read or the graph returns, in order.
    func stored(_ members: [Int]) -> [Int] {
        members.filter { member in
            let readers = readers[result(member), default: []]
            return returned.contains(result(member)) || readers.isEmpty || readers.contains { !members.contains($0) }
        }
    }

    /// Kernels and groups in an order in which every one stands after what it reads.
    func unitOrder() -> [[Int]] {
        let alone = graph.kernels.indices.filter { !isTaken($0) }.map { [$0] }
        return (groups + alone).sorted { (epoch[$0[0]], $0[0]) < (epoch[$1[0]], $1[0]) }
    }
}
