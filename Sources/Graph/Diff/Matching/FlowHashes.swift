/// Hashes of what each value is computed from, and of what is made of it, that know neither names nor the order of lines.
struct FlowHashes {
    /// For each node what it computes, down to the graph's inputs.
    private(set) var origin: [UInt128]
    /// For each value the same.
    private(set) var valueOrigin: [UInt128]
    /// For each node what becomes of its results, up to the graph's outputs; the node itself is no part of it.
    private(set) var fate: [UInt128]
    /// For each value the same.
    private(set) var valueFate: [UInt128]

    /// - Parameters:
    ///   - exact: whether attributes and types count, or only what kind each node is.
    ///   - pairs: for each node the number of its pair, where it has a partner in the other graph; hashes end there.
    init(_ graph: MatchGraph, exact: Bool, pairs: [Int?]? = nil) {
        let nodes = graph.nodes
        let identities = nodes.map { exact ? $0.content : Self.hash("kind", $0.spelling) }
        origin = [UInt128](repeating: 0, count: nodes.count)
        valueOrigin = [UInt128](repeating: 0, count: graph.valueCount)
        for source in graph.sources { valueOrigin[source.value] = exact ? source.content : source.identity }
        for (index, node) in nodes.enumerated() {
            var hash = StableHash()
            hash.add(identities[index])
            for operand in node.operands { hash.add(valueOrigin[operand]) }
            origin[index] = hash.state
            let known = pairs?[index].map { Self.hash("pair", $0) } ?? hash.state
            for (position, result) in node.results.enumerated() { valueOrigin[result] = Self.mix(known, position) }
        }
        fate = [UInt128](repeating: 0, count: nodes.count)
        valueFate = [UInt128](repeating: 0, count: graph.valueCount)
        for sink in graph.sinks { valueFate[sink.value] &+= Self.mix(sink.identity, -1) }
        for (index, node) in nodes.enumerated().reversed() {
            var hash = StableHash()
            for result in node.results { hash.add(valueFate[result]) }
            fate[index] = hash.state
            var known = StableHash()
            if let pair = pairs?[index] {
                known.add(Self.hash("pair", pair))
            } else {
                known.add(identities[index])
                known.add(fate[index])
            }
            for (slot, operand) in node.operands.enumerated() { valueFate[operand] &+= Self.mix(known.state, slot) }
        }
    }

    private static func hash(_ word: String, _ number: Int) -> UInt128 {
        var hash = StableHash()
        hash.add(word)
        hash.add(number)
        return hash.state
    }

    private static func hash(_ word: String, _ other: String) -> UInt128 {
        var hash = StableHash()
        hash.add(word)
        hash.add(other)
        return hash.state
    }

    static func mix(_ state: UInt128, _ number: Int) -> UInt128 {
        var hash = StableHash()
        hash.add(state)
        hash.add(number)
        return hash.state
    }
}

/// A hash of what a graph computes of its inputs in their order, without names and without the order of its lines.
enum StructureHash {
    static func of(_ graph: Graph) -> UInt128 {
        let inputs = graph.inputs.indices.map { UInt128($0) }
        let flat = MatchGraph(graph, inputs: inputs, outputs: graph.outputs.indices.map { UInt128($0) })
        let hashes = FlowHashes(flat, exact: true)
        var hash = StableHash()
        for input in graph.inputs {
            hash.add(input.role.rawValue)
            hash.add(graph.type(of: input.value))
        }
        for output in graph.outputs {
            hash.add(hashes.valueOrigin[output.value.index])
            hash.add(output.updates ?? -1)
        }
        // What reaches no output counts, too.
        hash.add(hashes.origin.reduce(0, &+))
        return hash.state
    }
}
