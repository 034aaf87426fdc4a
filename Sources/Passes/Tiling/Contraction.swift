import Graph

/// A kernel graph in which groups of kernels are being replaced by single ones.
struct Contraction {
    let graph: KernelGraph
    /// How many leading axes number the tiles.
    let axes: Int
    /// The group of each kernel; a kernel alone has none.
    private var groupOf: [Int?]
    private(set) var groups: [TileGroup] = []
    let producers: [[Int]]
    let consumers: [[Int]]
    /// The kernels that read a tensor or views of it.
    let readers: [TensorID: [Int]]
    private var ancestors: [Bits] = []
    private var descendants: [Bits] = []
    private var accesses: [AccessKey: TileAccess?] = [:]

    private struct AccessKey: Hashable {
        var kernel: Int
        var role: TileAccess.Role
    }

    init(_ graph: KernelGraph, axes: Int) {
        self.graph = graph
        self.axes = axes
        groupOf = graph.kernels.map { _ in nil }
        var producers = [[Int]](repeating: [], count: graph.kernels.count)
        var consumers = producers
        var readers: [TensorID: [Int]] = [:]
        for (index, kernel) in graph.kernels.enumerated() {
            for storage in Set(kernel.operands.map(graph.storage)).sorted() {
                readers[storage, default: []].append(index)
                if case .kernel(let producer) = graph.tensors[storage.index].origin {
                    producers[index].append(producer)
                    consumers[producer].append(index)
                }
            }
        }
        self.producers = producers
        self.readers = readers
        self.consumers = consumers
        findReachability()
    }

    func isTaken(_ kernel: Int) -> Bool { groupOf[kernel] != nil }

    /// How a kernel would run over these tiles; nil if it can't.
    mutating func access(_ kernel: Int, _ role: TileAccess.Role, tiles: [Int]) -> TileAccess? {
        let shapes = graph.kernels[kernel].results.map { graph.type(of: $0).shape.dimensions }
        if role == .tiled, !shapes.allSatisfy({ Array($0.prefix(axes)) == tiles }) { return nil }
        let key = AccessKey(kernel: kernel, role: role)
        if let known = accesses[key] { return known }
        let access: TileAccess? =
            switch role {
            case .tiled: TileAccess(graph.kernels[kernel], axes: axes)
            case .sum: axes == 1 ? TileAccess(sumOf: graph.kernels[kernel], count: tiles[0]) : nil
            }
        accesses[key] = .some(access)
        return access
    }

    func neighbours(of group: TileGroup) -> [Int] {
        Set(group.members.flatMap { producers[$0] + consumers[$0] }).subtracting(group.members).sorted()
    }

    func feeds(_ kernel: Int, _ group: TileGroup) -> Bool { consumers[kernel].contains(where: group.contains) }

    /// Whether a kernel needs another one, directly or not.
    func depends(_ kernel: Int, on other: Int) -> Bool { ancestors[kernel].contains(other) }

    func insert(_ kernel: Int, _ access: TileAccess, into group: inout TileGroup) {
        if group.count == 0 {
            group.before = ancestors[kernel]
            group.after = descendants[kernel]
        } else {
            group.before.formUnion(ancestors[kernel])
            group.after.formUnion(descendants[kernel])
        }
        group.insert(kernel, access)
    }

    /// Why a kernel can't run tile by tile together with the members, or nil if it can: between them every access stays within
    /// the tile, no sum over tiles is read before it is complete, and no path leads out of the group and back into it.
    func refusal(of candidate: Int, _ access: TileAccess, _ group: TileGroup) -> String? {
        for producer in producers[candidate] where group.contains(producer) {
            guard group.accessOf[producer]?.role == .tiled else { return "it reads the sum \(graph.kernels[producer].name)" }
            guard reads(candidate, producer, access) else { return "it reads \(graph.kernels[producer].name) across tiles" }
        }
        for consumer in consumers[candidate] where group.contains(consumer) {
            guard access.role == .tiled else { return "\(graph.kernels[consumer].name) reads this sum" }
            guard let reading = group.accessOf[consumer], reads(consumer, candidate, reading) else {
                return "\(graph.kernels[consumer].name) reads it across tiles"
            }
        }
        var before = group.before
        before.formUnion(ancestors[candidate])
        var after = group.after
        after.formUnion(descendants[candidate])
        before.formIntersection(after)
        for member in group.accessOf.keys { before.remove(member) }
        before.remove(candidate)
        return before.isEmpty ? nil : "what lies between them is outside"
    }

    /// Whether a kernel reads another one's results tile by tile.
    private func reads(_ reader: Int, _ producer: Int, _ access: TileAccess) -> Bool {
        for (position, operand) in graph.kernels[reader].operands.enumerated() {
            guard case .kernel(producer) = graph.tensors[graph.storage(of: operand).index].origin else { continue }
            guard access.isAligned[position], keepsLeadingAxes(operand) else { return false }
        }
        return true
    }

    /// A view keeps tiles together only if it leaves the leading axes as they are.
    private func keepsLeadingAxes(_ tensor: TensorID) -> Bool {
        let storage = graph.type(of: graph.storage(of: tensor)).shape.dimensions
        let view = graph.type(of: tensor).shape.dimensions
        return storage.count >= axes && view.count >= axes && storage.prefix(axes) == view.prefix(axes)
    }

    /// Makes a group one unit: its members reach whatever any of them reaches.
    mutating func contract(_ group: TileGroup) {
        let members = group.members
        var inside = Bits(count: graph.kernels.count)
        var (before, after) = (inside, inside)
        for member in members {
            groupOf[member] = groups.count
            inside.insert(member)
            before.formUnion(ancestors[member])
            after.formUnion(descendants[member])
        }
        groups.append(group)
        for member in members {
            before.remove(member)
            after.remove(member)
        }
        for member in members { (ancestors[member], descendants[member]) = (before, after) }
        // Of two kernels outside one reaches the other now also if it reaches a member and another member reaches that one.
        for kernel in graph.kernels.indices where after.contains(kernel) {
            ancestors[kernel].formUnion(before)
            ancestors[kernel].formUnion(inside)
        }
        for kernel in graph.kernels.indices where before.contains(kernel) {
            descendants[kernel].formUnion(after)
            descendants[kernel].formUnion(inside)
        }
    }

    /// Reachability between kernels while there is no group.
    private mutating func findReachability() {
        ancestors = [Bits](repeating: Bits(count: graph.kernels.count), count: graph.kernels.count)
        descendants = ancestors
        // Kernels stand after what they read.
        for kernel in graph.kernels.indices { ancestors[kernel] = reach(producers[kernel], ancestors) }
        for kernel in graph.kernels.indices.reversed() { descendants[kernel] = reach(consumers[kernel], descendants) }
    }

    private func reach(_ neighbours: [Int], _ known: [Bits]) -> Bits {
        var bits = Bits(count: graph.kernels.count)
        for next in neighbours {
            bits.formUnion(known[next])
            bits.insert(next)
        }
        return bits
    }

    /// Kernels and groups in an order in which every one stands after what it reads.
    func unitOrder() -> [[Int]] {
        var units: [[Int]] = groups.map(\.members)
        var unitOf = groupOf
        for kernel in graph.kernels.indices where unitOf[kernel] == nil {
            unitOf[kernel] = units.count
            units.append([kernel])
        }
        var waiting = [Int](repeating: 0, count: units.count)
        var edges = [Set<Int>](repeating: [], count: units.count)
        for kernel in graph.kernels.indices {
            guard let to = unitOf[kernel] else { continue }
            for producer in producers[kernel] {
                guard let from = unitOf[producer], from != to, edges[from].insert(to).inserted else { continue }
                waiting[to] += 1
            }
        }
        var ready = units.indices.filter { waiting[$0] == 0 }.sorted { units[$0][0] > units[$1][0] }
        var order: [[Int]] = []
        while let unit = ready.popLast() {
            order.append(units[unit])
            for next in edges[unit].sorted() {
                waiting[next] -= 1
                if waiting[next] == 0 { ready.append(next) }
            }
        }
        return order
    }

    /// The group whose only or first member is given.
    func group(of kernel: Int) -> TileGroup? { groupOf[kernel].map { groups[$0] } }

    /// The kernel graph with one kernel per group.
    func rebuilt() throws(Diagnostic) -> KernelGraph {
        var joining = TileJoining(self)
        return try joining.run()
    }
}
