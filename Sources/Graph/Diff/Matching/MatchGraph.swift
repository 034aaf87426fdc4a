/// What matching needs to know of a dataflow graph, whatever its level: operations, the values between them, and the fixed
/// points at its ends.
struct MatchGraph {
    struct Node {
        /// What kind of node it is; nodes of one spelling may be the same node, changed.
        var spelling: String
        /// Everything that the node is, without names, operands and neighbours.
        var content: UInt128
        /// The types of its results.
        var types: UInt128
        var operands: [Int]
        var results: [Int]
        /// Only decides between nodes that nothing else tells apart.
        var name: String
        /// Tells nodes apart that differ only in what they belong to, such as a kernel.
        var group: UInt128
    }

    /// A value that an end of the graph holds in place.
    struct Anchor {
        var value: Int
        var identity: UInt128
        /// The identity together with the value's type.
        var content: UInt128
        init(value: Int, identity: UInt128, content: UInt128? = nil) {
            self.value = value
            self.identity = identity
            self.content = content ?? identity
        }
    }

    var nodes: [Node] = []
    var valueCount: Int
    /// Values that no node computes.
    var sources: [Anchor] = []
    /// Values that the graph returns.
    var sinks: [Anchor] = []
    /// For each value the nodes that read it, with the place among their operands.
    private(set) var uses: [[(node: Int, slot: Int)]] = []
    /// For each value the node that computes it.
    private(set) var producers: [Int?] = []
    /// By value, for values that no node computes.
    private(set) var sourceIdentities: [Int: UInt128] = [:]

    init(valueCount: Int) {
        self.valueCount = valueCount
    }

    /// To be called once all nodes are there.
    mutating func index() {
        uses = Array(repeating: [], count: valueCount)
        producers = Array(repeating: nil, count: valueCount)
        for source in sources { sourceIdentities[source.value] = source.identity }
        for (index, node) in nodes.enumerated() {
            for (slot, operand) in node.operands.enumerated() { uses[operand].append((index, slot)) }
            for result in node.results { producers[result] = index }
        }
    }
}

extension MatchGraph {
    /// - Parameters:
    ///   - inputs: an identity for each input; equal ones in two graphs stand for each other.
    ///   - outputs: an identity for each output.
    ///   - places: where each node stands.
    init(_ graph: Graph, inputs: [UInt128], outputs: [UInt128], places: [NodePlace]? = nil) {
        self.init(valueCount: graph.values.count)
        nodes.reserveCapacity(graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            var types = StableHash()
            for result in node.results { types.add(graph.type(of: result)) }
            var content = StableHash()
            content.addWithoutBody(node.op)
            content.add(types.state)
            if case .scan(let scan) = node.op { content.add(StructureHash.of(scan.body)) }
            nodes.append(
                Node(
                    spelling: node.op.spelling, content: content.state, types: types.state, operands: node.operands.map(\.index),
                    results: node.results.map(\.index), name: node.results.first.map(graph.name(of:)) ?? "",
                    group: places?[index].group ?? 0))
        }
        for (input, identity) in zip(graph.inputs, inputs) {
            var content = StableHash()
            content.add(identity)
            content.add(graph.type(of: input.value))
            sources.append(Anchor(value: input.value.index, identity: identity, content: content.state))
        }
        for (output, identity) in zip(graph.outputs, outputs) {
            sinks.append(Anchor(value: output.value.index, identity: identity))
        }
        self.index()
    }
}

/// Where a node stands, if its graph is part of something bigger.
struct NodePlace {
    /// Tells equal nodes of different places apart.
    var group: UInt128
    /// For people.
    var scope: [String]
}
