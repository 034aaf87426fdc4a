/// Which node of one graph is which node of another.
///
/// The surest evidence comes first: what a node computes and what becomes of it, then each alone, then both without regard
/// to attributes and types, and at last what its neighbours say. Names only decide where nothing else does.
struct NodeMatching {
    let a: MatchGraph
    let b: MatchGraph
    /// What each value is computed from, attributes and types included.
    let hashesA: FlowHashes
    let hashesB: FlowHashes
    /// For each node of `a` its partner in `b`.
    private(set) var partnerOfA: [Int?]
    private(set) var partnerOfB: [Int?]

    init(_ a: MatchGraph, _ b: MatchGraph) {
        self.a = a
        self.b = b
        hashesA = FlowHashes(a, exact: true)
        hashesB = FlowHashes(b, exact: true)
        partnerOfA = Array(repeating: nil, count: a.nodes.count)
        partnerOfB = Array(repeating: nil, count: b.nodes.count)
        matchEqualNodes()
        matchChangedNodes()
        var neighbours = NeighbourMatching(self)
        neighbours.run()
        (partnerOfA, partnerOfB) = (neighbours.partnerOfA, neighbours.partnerOfB)
        matchReplacedNodes()
    }

    /// Whether two values are the same: inputs that stand for each other, results of partners, or computed alike from the
    /// same inputs.
    func isSame(_ valueA: Int, _ valueB: Int) -> Bool {
        if hashesA.valueOrigin[valueA] == hashesB.valueOrigin[valueB] { return true }
        guard let nodeA = a.producers[valueA], let nodeB = b.producers[valueB] else {
            return a.sourceIdentities[valueA] != nil && a.sourceIdentities[valueA] == b.sourceIdentities[valueB]
        }
        return partnerOfA[nodeA] == nodeB
            && a.nodes[nodeA].results.firstIndex(of: valueA) == b.nodes[nodeB].results.firstIndex(of: valueB)
    }

    // MARK: Rounds

    /// Nodes that do the same thing; most of two graphs, as a rule.
    private mutating func matchEqualNodes() {
        let (a, b, hashesA, hashesB) = (a, b, hashesA, hashesB)
        match(
            { Self.combine(hashesA.origin[$0], hashesA.fate[$0], a.nodes[$0].group) },
            { Self.combine(hashesB.origin[$0], hashesB.fate[$0], b.nodes[$0].group) })
        match(
            { Self.combine(hashesA.origin[$0], hashesA.fate[$0]) }, { Self.combine(hashesB.origin[$0], hashesB.fate[$0]) })
        match({ hashesA.origin[$0] }, { hashesB.origin[$0] })
    }

    /// Nodes below or above a change, and those that changed themselves.
    private mutating func matchChangedNodes() {
        let (a, b) = (a, b)
        for exact in [true, false] {
            var (hashesA, hashesB) = hashes(exact: exact)
            if exact {
                matchUnique(
                    { Self.combine(a.nodes[$0].content, hashesA.fate[$0]) },
                    { Self.combine(b.nodes[$0].content, hashesB.fate[$0]) })
            } else {
                matchUnique(
                    { Self.combine(hashesA.origin[$0], hashesA.fate[$0]) },
                    { Self.combine(hashesB.origin[$0], hashesB.fate[$0]) })
                // Without attributes all nodes without operands look alike.
                matchUnique(
                    { a.nodes[$0].operands.isEmpty ? nil : hashesA.origin[$0] },
                    { b.nodes[$0].operands.isEmpty ? nil : hashesB.origin[$0] })
            }
            (hashesA, hashesB) = hashes(exact: exact)
            matchUnique(
                { Self.combine(a.nodes[$0].spelling, hashesA.fate[$0]) },
                { Self.combine(b.nodes[$0].spelling, hashesB.fate[$0]) })
        }
    }

    /// Nodes of another kind in the place of what is gone.
    private mutating func matchReplacedNodes() {
        let (a, b) = (a, b)
        let (hashesA, hashesB) = hashes(exact: false)
        matchUnique(
            { Self.combine(a.nodes[$0].types, hashesA.fate[$0]) }, { Self.combine(b.nodes[$0].types, hashesB.fate[$0]) })
    }

    /// Hashes that end at the pairs found so far.
    func hashes(exact: Bool) -> (a: FlowHashes, b: FlowHashes) {
        (FlowHashes(a, exact: exact, pairs: partnerOfA.indices.map { partnerOfA[$0] == nil ? nil : $0 }),
            FlowHashes(b, exact: exact, pairs: partnerOfB))
    }

    /// Pairs nodes whose keys are equal, where there are as many in both graphs.
    ///
    /// To be used for keys that say what nodes compute: then it does not matter which of equal ones are paired.
    private mutating func match(_ keyA: (Int) -> UInt128, _ keyB: (Int) -> UInt128) {
        for group in groups(keyA, keyB) where group.a.count == group.b.count { pair(group.a, group.b) }
    }

    /// Pairs nodes that are the only ones of their key; which of several belong together is for their neighbours to say.
    private mutating func matchUnique(_ keyA: (Int) -> UInt128?, _ keyB: (Int) -> UInt128?) {
        for group in groups(keyA, keyB) where group.a.count == 1 && group.b.count == 1 { pair(group.a[0], group.b[0]) }
    }

    /// The nodes without a partner by their keys.
    private func groups(_ keyA: (Int) -> UInt128?, _ keyB: (Int) -> UInt128?) -> some Collection<(a: [Int], b: [Int])> {
        var groups: [UInt128: (a: [Int], b: [Int])] = [:]
        for node in a.nodes.indices where partnerOfA[node] == nil {
            if let key = keyA(node) { groups[key, default: ([], [])].a.append(node) }
        }
        for node in b.nodes.indices where partnerOfB[node] == nil {
            if let key = keyB(node) { groups[key]?.b.append(node) }
        }
        return groups.values
    }

    /// Pairs nodes that nothing tells apart: by names, then in order.
    private mutating func pair(_ nodesA: [Int], _ nodesB: [Int]) {
        var byName: [String: Int] = [:]
        if nodesA.count > 1 { for node in nodesB.reversed() { byName[b.nodes[node].name] = node } }
        for node in nodesA {
            if let partner = byName[a.nodes[node].name], partnerOfB[partner] == nil { pair(node, partner) }
        }
        let rest = nodesB.filter { partnerOfB[$0] == nil }
        for (node, partner) in zip(nodesA.filter { partnerOfA[$0] == nil }, rest) { pair(node, partner) }
    }

    private mutating func pair(_ nodeA: Int, _ nodeB: Int) {
        partnerOfA[nodeA] = nodeB
        partnerOfB[nodeB] = nodeA
    }

    private static func combine(_ hashes: UInt128...) -> UInt128 {
        var state = StableHash()
        for hash in hashes { state.add(hash) }
        return state.state
    }

    private static func combine(_ word: String, _ hash: UInt128) -> UInt128 {
        var state = StableHash()
        state.add(word)
        state.add(hash)
        return state.state
    }
}
