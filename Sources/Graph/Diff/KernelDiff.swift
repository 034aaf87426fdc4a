/// The differences between two kernel graphs: what is computed, and in which kernels.
public struct KernelDiff: Sendable {
    public private(set) var level: LevelDiff
    private let a: KernelGraph
    private let b: KernelGraph
    private let flatA: FlatKernels
    private let flatB: FlatKernels
    private let matching: NodeMatching
    /// For each kernel of `a` the one of `b` that stands for it.
    private var partnerOfA: [Int?]
    private var partnerOfB: [Int?]

    public init(_ a: KernelGraph, _ b: KernelGraph) {
        (self.a, self.b) = (a, b)
        (flatA, flatB) = (FlatKernels(a), FlatKernels(b))
        let operations = GraphDiff(flatA.graph, flatB.graph, placesA: flatA.places, placesB: flatB.places)
        level = operations.level
        level.level = .kernels
        level.name = a.name
        level.sizes = [
            LevelDiff.Size("kernels", a.kernels.count, b.kernels.count),
            LevelDiff.Size("operations", flatA.kernels.count { $0 != nil }, flatB.kernels.count { $0 != nil }),
        ]
        matching = operations.matching
        partnerOfA = Array(repeating: nil, count: a.kernels.count)
        partnerOfB = Array(repeating: nil, count: b.kernels.count)
        pairKernels()
        compareKernels()
    }

    /// The pairs of nodes that stand for each other and are in kernels.
    private var nodePairs: [(a: Int, b: Int, kernelA: Int, kernelB: Int)] {
        matching.partnerOfA.enumerated().compactMap { node, partner in
            guard let partner, let kernelA = flatA.kernels[node], let kernelB = flatB.kernels[partner] else { return nil }
            return (node, partner, kernelA, kernelB)
        }
    }

    /// Kernels that have most operations in common stand for each other.
    private mutating func pairKernels() {
        var common: [[Int]: Int] = [:]
        for pair in nodePairs { common[[pair.kernelA, pair.kernelB], default: 0] += 1 }
        let order = common.sorted { ($1.value, $0.key[0], $0.key[1]) < ($0.value, $1.key[0], $1.key[1]) }
        for (kernels, _) in order where partnerOfA[kernels[0]] == nil && partnerOfB[kernels[1]] == nil {
            partnerOfA[kernels[0]] = kernels[1]
            partnerOfB[kernels[1]] = kernels[0]
        }
    }

    private mutating func compareKernels() {
        let arrivals = arrivals()
        for (index, kernel) in a.kernels.enumerated() {
            guard let partner = partnerOfA[index] else {
                let targets = arrivals.filter { $0.from == index }.map { name(b.kernels[$0.to]) }
                let details = Difference.Detail.fact("operations now in", .removed, targets.joined(separator: ", "))
                level.differences.append(whole(.removed, kernel, a, targets.isEmpty ? [] : [details]))
                continue
            }
            let other = b.kernels[partner]
            let details = form(kernel, other) + inner(index, partner) + arrivals.filter { $0.to == partner }.map(detail)
            guard !details.isEmpty else { continue }
            level.differences.append(
                Difference(.changed, .kernel, kernel.form.rawValue, a: name(kernel), b: name(other), details: details))
        }
        for (index, kernel) in b.kernels.enumerated() where partnerOfB[index] == nil {
            level.differences.append(whole(.added, kernel, b, arrivals.filter { $0.to == index }.map(detail)))
        }
    }

    // MARK: Operations that moved

    /// Operations that were in one kernel and are in another one that does not stand for it.
    private struct Arrival {
        var to: Int
        var from: Int
        /// Nodes of the second graph.
        var nodes: [Int]
    }

    private func arrivals() -> [Arrival] {
        var moved: [[Int]: [Int]] = [:]
        for pair in nodePairs where partnerOfA[pair.kernelA] != pair.kernelB {
            moved[[pair.kernelB, pair.kernelA], default: []].append(pair.b)
        }
        return moved.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { Arrival(to: $0.key[0], from: $0.key[1], nodes: $0.value) }
    }

    private func detail(_ arrival: Arrival) -> Difference.Detail {
        let most = 6
        let names = arrival.nodes.prefix(most).map { node in
            let node = flatB.graph.nodes[node]
            return "\(node.op.spelling) \(NameText.value(flatB.graph.name(of: node.results[0])))"
        }
        let rest = arrival.nodes.count > most ? ", and \(arrival.nodes.count - most) more" : ""
        return .fact("operations from \(name(a.kernels[arrival.from]))", .changed, names.joined(separator: ", ") + rest)
    }

    // MARK: Form and tiling

    private func form(_ kernelA: KernelGraph.Kernel, _ kernelB: KernelGraph.Kernel) -> [Difference.Detail] {
        let members: [(String, String?, String?)] = [
            ("form", kernelA.form.rawValue, kernelB.form.rawValue),
            ("tiles", kernelA.tiling.map { "\($0.axes)" }, kernelB.tiling.map { "\($0.axes)" }),
            ("tasks", kernelA.tiling?.tasks.map(String.init), kernelB.tiling?.tasks.map(String.init)),
        ]
        return members.filter { $0.1 != $0.2 }.map { Difference.Detail($0.0, $0.1, $0.2) }
    }

    /// Blocks that run once for every index of one axis more: by what is in them, as their places depend on the order of lines.
    private func inner(_ kernelA: Int, _ kernelB: Int) -> [Difference.Detail] {
        let (blocksA, blocksB) = (flatA.innerBlocks(of: kernelA), flatB.innerBlocks(of: kernelB))
        let isSame = blocksA.count == blocksB.count && zip(blocksA, blocksB).allSatisfy { blockA, blockB in
            // What is new or gone is reported as such.
            let kept = Set(blockA.compactMap { matching.partnerOfA[$0] }.filter { flatB.kernels[$0] == kernelB })
            let known = blockB.filter { node in matching.partnerOfB[node].map { flatA.kernels[$0] == kernelA } ?? false }
            return kept == Set(known)
        }
        if isSame { return [] }
        func text(_ tiling: Tiling?) -> String? {
            tiling.map { "[" + $0.inner.map { "[\($0.lowerBound),\($0.upperBound)]" }.joined(separator: ", ") + "]" }
        }
        return [Difference.Detail("inner", text(a.kernels[kernelA].tiling), text(b.kernels[kernelB].tiling))]
    }

    // MARK: Words

    private func name(_ kernel: KernelGraph.Kernel) -> String { NameText.value(kernel.name) }

    private func whole(
        _ kind: Difference.Kind, _ kernel: KernelGraph.Kernel, _ graph: KernelGraph, _ details: [Difference.Detail]
    ) -> Difference {
        let types = kernel.results.map { "\(graph.type(of: $0))" }.joined(separator: ", ")
        return Difference(
            kind, .kernel, kernel.form.rawValue, a: kind == .removed ? name(kernel) : nil, b: kind == .added ? name(kernel) : nil,
            type: types, details: details)
    }
}
