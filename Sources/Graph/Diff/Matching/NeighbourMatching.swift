/// Matches what is left by its neighbours: the pair whose operands and readers agree best comes first, and each new pair is
/// evidence for those beside it.
struct NeighbourMatching {
    private let matching: NodeMatching
    /// Hashes that end at the pairs found before.
    private let fates: (a: [UInt128], b: [UInt128])
    private let origins: (a: [UInt128], b: [UInt128])
    private(set) var partnerOfA: [Int?]
    private(set) var partnerOfB: [Int?]
    /// Candidates by their score when they were found.
    private var candidates: [[Candidate]] = []

    private struct Candidate {
        var a: Int
        var b: Int
    }

    /// What evidence weighs; a pair needs more than one weak sign.
    private enum Weight {
        static let neighbour = 4
        /// A neighbour that has many readers says little about any of them.
        static let sharedNeighbour = 1
        static let contradiction = -3
        static let content = 2
        static let name = 3
        static let fate = 6
        static let equal = 8
        static let least = 4
        static let most = 63
    }
    private static let manyReaders = 4
    /// Bounds the candidates that one pair of values brings.
    private static let mostCandidates = 256

    init(_ matching: NodeMatching) {
        self.matching = matching
        let (exact, loose) = (matching.hashes(exact: true), matching.hashes(exact: false))
        fates = (exact.a.fate, exact.b.fate)
        origins = (loose.a.origin, loose.b.origin)
        partnerOfA = matching.partnerOfA
        partnerOfB = matching.partnerOfB
        candidates = Array(repeating: [], count: Weight.most + 1)
    }

    mutating func run() {
        for (node, partner) in partnerOfA.enumerated() {
            if let partner { addNeighbours(of: node, partner) }
        }
        addSources()
        addByKey(matching.hashesA.origin, matching.hashesB.origin)
        addByKey(fates.a, fates.b)
        addByKey(origins.a, origins.b)
        addByKey(matching.a.nodes.map { $0.spelling + $0.name }, matching.b.nodes.map { $0.spelling + $0.name })
        while let best = candidates.lastIndex(where: { !$0.isEmpty }), let candidate = candidates[best].popLast() {
            guard partnerOfA[candidate.a] == nil, partnerOfB[candidate.b] == nil else { continue }
            let score = score(candidate)
            if score < best {
                if score >= Weight.least { candidates[score].append(candidate) }
                continue
            }
            partnerOfA[candidate.a] = candidate.b
            partnerOfB[candidate.b] = candidate.a
            addNeighbours(of: candidate.a, candidate.b)
        }
    }

    // MARK: Candidates

    private mutating func add(_ nodeA: Int, _ nodeB: Int) {
        guard partnerOfA[nodeA] == nil, partnerOfB[nodeB] == nil,
            matching.a.nodes[nodeA].spelling == matching.b.nodes[nodeB].spelling
        else { return }
        let candidate = Candidate(a: nodeA, b: nodeB)
        let score = score(candidate)
        if score >= Weight.least { candidates[score].append(candidate) }
    }

    private mutating func addNeighbours(of nodeA: Int, _ nodeB: Int) {
        let (a, b) = (matching.a.nodes[nodeA], matching.b.nodes[nodeB])
        for (valueA, valueB) in zip(a.operands, b.operands) {
            guard let producerA = matching.a.producers[valueA], let producerB = matching.b.producers[valueB] else { continue }
            add(producerA, producerB)
        }
        for (valueA, valueB) in zip(a.results, b.results) { addReaders(of: valueA, valueB) }
    }

    private mutating func addReaders(of valueA: Int, _ valueB: Int) {
        let usesA = matching.a.uses[valueA].filter { partnerOfA[$0.node] == nil }
        let usesB = matching.b.uses[valueB].filter { partnerOfB[$0.node] == nil }
        guard usesA.count * usesB.count <= Self.mostCandidates else { return }
        for useA in usesA {
            for useB in usesB where useA.slot == useB.slot { add(useA.node, useB.node) }
        }
    }

    private mutating func addSources() {
        let valuesB = Dictionary(matching.b.sources.map { ($0.identity, $0.value) }) { first, _ in first }
        for source in matching.a.sources {
            if let value = valuesB[source.identity] { addReaders(of: source.value, value) }
        }
    }

    private mutating func addByKey<Key: Hashable>(_ keysA: [Key], _ keysB: [Key]) {
        var nodesB: [Key: [Int]] = [:]
        for node in partnerOfB.indices where partnerOfB[node] == nil { nodesB[keysB[node], default: []].append(node) }
        for node in partnerOfA.indices where partnerOfA[node] == nil {
            for other in (nodesB[keysA[node]] ?? []).prefix(Self.mostCandidates) { add(node, other) }
        }
    }

    // MARK: Evidence

    private func score(_ candidate: Candidate) -> Int {
        let (a, b) = (matching.a.nodes[candidate.a], matching.b.nodes[candidate.b])
        var score = a.content == b.content ? Weight.content : 0
        if a.name == b.name { score += Weight.name }
        if fates.a[candidate.a] == fates.b[candidate.b] { score += Weight.fate }
        if matching.hashesA.origin[candidate.a] == matching.hashesB.origin[candidate.b] { score += Weight.equal }
        for (valueA, valueB) in zip(a.operands, b.operands) { score += evidence(valueA, valueB) }
        for (valueA, valueB) in zip(a.results, b.results) { score += readerEvidence(valueA, valueB) }
        return min(max(score, 0), Weight.most)
    }

    private func evidence(_ valueA: Int, _ valueB: Int) -> Int {
        let nodeA = matching.a.producers[valueA]
        let nodeB = matching.b.producers[valueB]
        let agrees: Bool
        if let nodeA, let nodeB {
            guard partnerOfA[nodeA] != nil || partnerOfB[nodeB] != nil else { return 0 }
            agrees = partnerOfA[nodeA] == nodeB || matching.isSame(valueA, valueB)
        } else {
            agrees = matching.isSame(valueA, valueB)
        }
        guard agrees else { return Weight.contradiction }
        return matching.a.uses[valueA].count > Self.manyReaders ? Weight.sharedNeighbour : Weight.neighbour
    }

    /// Readers that are partners and read the values in the same place.
    private func readerEvidence(_ valueA: Int, _ valueB: Int) -> Int {
        var score = 0
        for use in matching.a.uses[valueA].prefix(Self.manyReaders) {
            guard let partner = partnerOfA[use.node] else { continue }
            let reads = matching.b.uses[valueB].contains { $0.node == partner && $0.slot == use.slot }
            score += reads ? Weight.neighbour : Weight.contradiction
        }
        return score
    }
}
