extension Graph {
    /// Whether a value of a tiled body adds over the tiles of each task: a product or a sum of values whose first axis is cut
    /// into the tasks' parts.
    package func isSumOverTiles(_ value: ValueID, tasks: Int) -> Bool {
        guard let node = definingNode(of: value), type(of: value).shape.rank >= 1, type(of: value).shape[0] == tasks else {
            return false
        }
        switch node.op {
        case .dot(let dimensions):
            guard dimensions.leftBatch == [0], dimensions.rightBatch == [0], dimensions.leftContracting.contains(1) else {
                return false
            }
            return node.operands.allSatisfy { isCut($0, tasks) }
        case .reduce(.sum, let axes):
            return axes.first == 1 && hasCut(node.operands[0], tasks)
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce,
            .transpose, .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return false
        }
    }

    /// How many tiles the cuts of a body's values into parts for the tasks say that there are.
    package func tileCount(tasks: Int) -> Int? {
        for node in nodes {
            if case .reshape = node.op, isCut(node.result, tasks) { return type(of: node.operands[0]).shape[0] }
        }
        return nil
    }

    private func isCut(_ value: ValueID, _ tasks: Int) -> Bool {
        guard let node = definingNode(of: value), case .reshape(let target) = node.op else { return false }
        return Tiling.cutsFirstAxis(type(of: node.operands[0]).shape, into: target, tasks: tasks)
    }

    /// Whether an expression reads values that are cut into the tasks' parts.
    private func hasCut(_ value: ValueID, _ tasks: Int) -> Bool {
        guard let node = definingNode(of: value) else { return false }
        if isCut(value, tasks) { return true }
        return node.op.isPointwise && node.operands.contains { hasCut($0, tasks) }
    }
}
