import Graph

/// Joins kernels that work on independent tiles of the same leading axes into one kernel per tile.
///
/// What only the joined kernels read stays in a thread's scratch memory: attention scores, for example, never reach the
/// arena. Here tiles are the (sample, head) pairs of products with two batch axes.
public enum TileFormation {
    public static let pass = Pass<KernelGraph, KernelGraph>(
        name: "tile", summary: "Joins kernels over the same samples and heads into one kernel per tile.", run: run)

    /// Bounds the scratch memory of one tile.
    private static let largestTileBytes = 32 << 20
    private static let largestKernelCount = 64

    static func run(_ graph: KernelGraph) throws(Diagnostic) -> KernelGraph {
        var contraction = Contraction(graph)
        let seeds = graph.kernels.indices.filter { isSeed(graph.kernels[$0]) && !Rematerialization.isCopy(graph.kernels[$0]) }
        for seed in seeds where !contraction.isTaken(seed) {
            let members = grow(seed, graph, &contraction)
            if members.count > 1 { contraction.contract(members) }
        }
        return try contraction.rebuilt()
    }

    private static func isSeed(_ kernel: KernelGraph.Kernel) -> Bool {
        guard let root = kernel.body.nodes.last, case .dot(let dimensions) = root.op else { return false }
        return dimensions.leftBatch.count == 2
    }

    /// Adds neighbours of a seed as long as the whole can run tile by tile.
    private static func grow(_ seed: Int, _ graph: KernelGraph, _ contraction: inout Contraction) -> [Int] {
        let axes = 2
        let extents = Array(graph.type(of: graph.kernels[seed].results[0]).shape.dimensions.prefix(axes))
        guard contraction.access(seed, axes) != nil else { return [seed] }
        var members: Set<Int> = [seed]
        var changed = true
        while changed && members.count < largestKernelCount {
            changed = false
            for candidate in contraction.neighbours(of: members) where !contraction.isTaken(candidate) {
                let kernel = graph.kernels[candidate]
                guard let result = kernel.results.first,
                    Array(graph.type(of: result).shape.dimensions.prefix(axes)) == extents,
                    graph.type(of: result).shape.rank > axes || kernel.form == .reduction,
                    graph.type(of: result).byteCount / max(1, extents.reduce(1, *)) <= largestTileBytes,
                    // A value that is computed again belongs to its late readers, not to where it was computed first.
                    !Rematerialization.isCopy(kernel) || contraction.feeds(candidate, members)
                        || members.contains(where: { Rematerialization.isCopy(graph.kernels[$0]) }),
                    contraction.canJoin(candidate, members, axes)
                else { continue }
                members.insert(candidate)
                changed = true
            }
        }
        return members.sorted()
    }
}

/// A kernel graph in which groups of kernels are being replaced by single ones.
struct Contraction {
    private let graph: KernelGraph
    /// The group of each kernel; a kernel alone has none.
    private var groupOf: [Int?]
    private var groups: [[Int]] = []
    private let producers: [[Int]]
    private let consumers: [[Int]]
    private var ancestors: [Bits] = []
    private var descendants: [Bits] = []
    private var accesses: [Int: TileAccess?] = [:]

    init(_ graph: KernelGraph) {
        self.graph = graph
        groupOf = graph.kernels.map { _ in nil }
        var producers = [[Int]](repeating: [], count: graph.kernels.count)
        var consumers = producers
        for (index, kernel) in graph.kernels.enumerated() {
            for storage in Set(kernel.operands.map(graph.storage)) {
                if case .kernel(let producer) = graph.tensors[storage.index].origin {
                    producers[index].append(producer)
                    consumers[producer].append(index)
                }
            }
        }
        self.producers = producers
        self.consumers = consumers
        recomputeReachability()
    }

    func isTaken(_ kernel: Int) -> Bool { groupOf[kernel] != nil }

    mutating func access(_ kernel: Int, _ axes: Int) -> TileAccess? {
        if let known = accesses[kernel] { return known }
        let access = TileAccess(graph.kernels[kernel], axes: axes)
        accesses[kernel] = .some(access)
        return access
    }

    func neighbours(of members: Set<Int>) -> [Int] {
        Set(members.flatMap { producers[$0] + consumers[$0] }).subtracting(members).sorted()
    }

    func feeds(_ kernel: Int, _ members: Set<Int>) -> Bool { consumers[kernel].contains(where: members.contains) }

    /// Whether a kernel can run tile by tile together with the members: between them every access stays within the tile,
    /// and no path leads out of the group and back into it.
    mutating func canJoin(_ candidate: Int, _ members: Set<Int>, _ axes: Int) -> Bool {
        guard access(candidate, axes) != nil else { return false }
        for reader in members.union([candidate]) {
            guard let access = access(reader, axes) else { return false }
            for (position, operand) in graph.kernels[reader].operands.enumerated() {
                guard case .kernel(let producer) = graph.tensors[graph.storage(of: operand).index].origin,
                    (reader == candidate && members.contains(producer)) || producer == candidate
                else { continue }
                guard access.isAligned[position], keepsLeadingAxes(operand, axes) else { return false }
            }
        }
        var before = Bits(count: graph.kernels.count)
        var after = before
        var inside = before
        for member in members.union([candidate]) {
            before.formUnion(ancestors[member])
            after.formUnion(descendants[member])
            inside.insert(member)
        }
        before.subtract(inside)
        after.subtract(inside)
        return before.isDisjoint(with: after)
    }

    /// A view keeps tiles together only if it leaves the leading axes as they are.
    private func keepsLeadingAxes(_ tensor: TensorID, _ axes: Int) -> Bool {
        let storage = graph.type(of: graph.storage(of: tensor)).shape.dimensions
        let view = graph.type(of: tensor).shape.dimensions
        return storage.count >= axes && view.count >= axes && storage.prefix(axes) == view.prefix(axes)
    }

    mutating func contract(_ members: [Int]) {
        for member in members { groupOf[member] = groups.count }
        groups.append(members)
        recomputeReachability()
    }

    /// Reachability between kernels, where a group's members reach whatever any of them reaches.
    private mutating func recomputeReachability() {
        let count = graph.kernels.count
        let order = unitOrder()
        ancestors = [Bits](repeating: Bits(count: count), count: count)
        descendants = ancestors
        for unit in order {
            var bits = Bits(count: count)
            for member in unit {
                for producer in producers[member] where !unit.contains(producer) {
                    bits.formUnion(ancestors[producer])
                    bits.insert(producer)
                    if let group = groupOf[producer] { for other in groups[group] { bits.insert(other) } }
                }
            }
            for member in unit { ancestors[member] = bits }
        }
        for unit in order.reversed() {
            var bits = Bits(count: count)
            for member in unit {
                for consumer in consumers[member] where !unit.contains(consumer) {
                    bits.formUnion(descendants[consumer])
                    bits.insert(consumer)
                    if let group = groupOf[consumer] { for other in groups[group] { bits.insert(other) } }
                }
            }
            for member in unit { descendants[member] = bits }
        }
    }

    /// Kernels and groups in an order in which every one stands after what it reads.
    private func unitOrder() -> [[Int]] {
        var units: [[Int]] = groups
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

    /// The kernel graph with one kernel per group.
    func rebuilt() throws(Diagnostic) -> KernelGraph {
        var result = graph
        result.kernels = []
        for unit in unitOrder() {
            guard unit.count > 1 else {
                result.kernels.append(graph.kernels[unit[0]])
                continue
            }
            result.kernels.append(try joined(unit.sorted()))
            let name = result.kernels[result.kernels.count - 1].name
            for member in unit {
                result.decisions.append(
                    FusionDecision(
                        value: graph.kernels[member].name, outcome: .fused, reason: "part of the tiled kernel \(name)"))
            }
        }
        for (index, kernel) in result.kernels.enumerated() {
            for tensor in kernel.results { result.tensors[tensor.index].origin = .kernel(index) }
        }
        return result.normalized()
    }

    /// One kernel whose body holds the members' bodies; its results are what others read.
    private func joined(_ members: [Int]) throws(Diagnostic) -> KernelGraph.Kernel {
        let inside = Set(members)
        let returned = Set(graph.outputs.map { graph.storage(of: $0.tensor) })
        var operands: [TensorID] = []
        var results: [TensorID] = []
        for member in members {
            for operand in graph.kernels[member].operands {
                let storage = graph.storage(of: operand)
                if case .kernel(let producer) = graph.tensors[storage.index].origin, inside.contains(producer) { continue }
                if !operands.contains(operand) { operands.append(operand) }
            }
            for tensor in graph.kernels[member].results
            where returned.contains(tensor) || consumers[member].contains(where: { !inside.contains($0) }) {
                results.append(tensor)
            }
        }
        var builder = GraphBuilder(name: "body")
        var values: [TensorID: ValueID] = [:]
        for operand in operands { values[operand] = builder.input(graph.name(of: operand), graph.type(of: operand)) }
        for member in members {
            let kernel = graph.kernels[member]
            var inputs: [ValueID] = []
            for operand in kernel.operands { inputs.append(try value(operand, &values, &builder)) }
            var rewriter = GraphRewriter(kernel.body, into: builder, inputs: inputs)
            for node in kernel.body.nodes { try rewriter.copy(node) }
            builder = rewriter.builder
            for (tensor, output) in zip(kernel.results, kernel.body.outputs) {
                values[tensor] = try rewriter.replacement(output.value)
            }
        }
        for tensor in results { builder.output(graph.name(of: tensor), try value(tensor, &values, &builder)) }
        return KernelGraph.Kernel(
            name: graph.name(of: results.last ?? graph.kernels[members[0]].results[0]), form: .tiles, operands: operands,
            results: results, body: builder.graph, tileAxes: 2)
    }

    private func value(
        _ tensor: TensorID, _ values: inout [TensorID: ValueID], _ builder: inout GraphBuilder
    ) throws(Diagnostic) -> ValueID {
        if let value = values[tensor] { return value }
        guard case .view(let source) = graph.tensors[tensor.index].origin else {
            throw Diagnostic("tiles.order", graph.name(of: tensor), "tensor is used before it is computed", kind: .compilerBug)
        }
        let shape = graph.type(of: tensor).shape
        let view = try builder.append(
            .reshape(shape), [try value(source, &values, &builder)], names: [graph.name(of: tensor)])[0]
        values[tensor] = view
        return view
    }
}

extension KernelGraph {
    /// The same graph with tensors in the order of their definition, and none that nothing writes or reads.
    func normalized() -> KernelGraph {
        var result = self
        var renamed: [TensorID: TensorID] = [:]
        result.tensors = []
        func define(_ tensor: TensorID) {
            guard renamed[tensor] == nil else { return }
            var entry = tensors[tensor.index]
            if case .view(let source) = entry.origin {
                define(source)
                entry.origin = .view(renamed[source] ?? source)
            }
            renamed[tensor] = TensorID(result.tensors.count)
            result.tensors.append(entry)
        }
        for input in inputs { define(input.tensor) }
        for kernel in kernels { for tensor in kernel.operands + kernel.results { define(tensor) } }
        for output in outputs { define(output.tensor) }
        func map(_ tensor: TensorID) -> TensorID { renamed[tensor] ?? tensor }
        for index in result.inputs.indices { result.inputs[index].tensor = map(result.inputs[index].tensor) }
        for index in result.outputs.indices { result.outputs[index].tensor = map(result.outputs[index].tensor) }
        for index in result.kernels.indices {
            result.kernels[index].operands = result.kernels[index].operands.map(map)
            result.kernels[index].results = result.kernels[index].results.map(map)
        }
        return result
    }
}
