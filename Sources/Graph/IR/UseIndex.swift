/// Which nodes use each value, and how often; computed when needed, never stored in the graph.
public struct UseIndex: Sendable {
    /// For each value the using nodes in order, one entry per use.
    public let users: [[NodeID]]
    /// For each value whether the graph returns it.
    public let isOutput: [Bool]

    public init(_ graph: Graph) {
        var users = [[NodeID]](repeating: [], count: graph.values.count)
        for (index, node) in graph.nodes.enumerated() {
            for operand in node.operands { users[operand.index].append(NodeID(index)) }
        }
        var isOutput = [Bool](repeating: false, count: graph.values.count)
        for output in graph.outputs { isOutput[output.value.index] = true }
        self.users = users
        self.isOutput = isOutput
    }

    public func useCount(_ value: ValueID) -> Int {
        users[value.index].count + (isOutput[value.index] ? 1 : 0)
    }
}
