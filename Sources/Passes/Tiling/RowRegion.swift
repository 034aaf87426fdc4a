import Graph

/// The nodes of a range that can run for one block of rows after the other.
struct RowRegion {
    let axes: RowAxes
    /// Nodes of the range that come before the blocks, run for each block, and come after them.
    private(set) var before: [Int] = []
    private(set) var nodes: [Int] = []
    private(set) var after: [Int] = []

    private let body: Graph
    private var members: Set<Int> = []

    /// Nil where no node runs by rows.
    init?(_ body: Graph, _ range: Range<Int>, depth: Int) {
        guard let axes = RowAxes(body, range, depth: depth) else { return nil }
        self.axes = axes
        self.body = body
        members = Set(range.filter { isCandidate(body.nodes[$0]) })
        var previous: Set<Int> = []
        while previous != members {
            previous = members
            let late = dependents(range)
            members = members.filter { index in
                !body.nodes[index].operands.contains { readsTooEarly(body.nodes[index], $0, late) }
            }
        }
        guard !members.isEmpty else { return nil }
        let late = dependents(range)
        for index in range {
            if members.contains(index) {
                nodes.append(index)
            } else if late.contains(index) {
                after.append(index)
            } else {
                before.append(index)
            }
        }
    }

    func contains(_ node: Int) -> Bool { members.contains(node) }

    private func isCandidate(_ node: Graph.Node) -> Bool {
        guard node.results.count == 1 else { return false }
        if axes.summedAxes(node) != nil { return true }
        guard let axis = axes.axis(of: node.result), RowAxes.operandAxes(node, axis, body) != nil else { return false }
        guard case .randomUniform = node.op else { return true }
        // Numbers of neighbouring rows are drawn in one go.
        return axis == axes.depth && body.type(of: node.result).elementType == .f32
    }

    private func definition(_ value: ValueID) -> Int? {
        guard case .node(let node, _) = body.values[value.index].definition, axes.range.contains(node.index) else { return nil }
        return node.index
    }

    /// Nodes of the range outside the blocks that need what the blocks make, directly or not.
    private func dependents(_ range: Range<Int>) -> Set<Int> {
        var result: Set<Int> = []
        for index in range where !members.contains(index) {
            let needs = body.nodes[index].operands.compactMap(definition)
            if needs.contains(where: { members.contains($0) || result.contains($0) }) { result.insert(index) }
        }
        return result
    }

    /// Whether an operand is complete only after the last block.
    private func readsTooEarly(_ node: Graph.Node, _ operand: ValueID, _ late: Set<Int>) -> Bool {
        guard let source = definition(operand) else { return false }
        if late.contains(source) { return true }
        guard members.contains(source) else { return false }
        if axes.summedAxes(body.nodes[source]) != nil { return true }
        return !readsByRows(node, operand)
    }

    /// Whether a node reads only the rows that it makes, or adds over.
    private func readsByRows(_ node: Graph.Node, _ operand: ValueID) -> Bool {
        let known = axes.axis(of: operand)
        if axes.summedAxes(node) != nil { return known != nil }
        guard let axis = axes.axis(of: node.result), let operands = RowAxes.operandAxes(node, axis, body) else { return false }
        return zip(node.operands, operands).allSatisfy { $0 != operand || $1 == known }
    }
}
