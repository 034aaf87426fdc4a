import Graph

/// Counts the arithmetic of a kernel's body and how often its loops begin.
struct WorkCount {
    private(set) var multiplyAdds = 0.0
    private(set) var elementOperations = 0.0
    private(set) var starts = 0.0

    init(_ kernel: KernelGraph.Kernel, tasks: Int) {
        add(kernel.body, times: 1)
        if let tiling = kernel.tiling {
            starts += Self.tileStarts(kernel.body, tiling)
        } else if kernel.form != .loop {
            starts += Double(tasks)
        }
    }

    private mutating func add(_ graph: Graph, times: Double) {
        for node in graph.nodes {
            multiplyAdds += times * OperationCost.multiplyAdds(node, graph)
            elementOperations += times * OperationCost.perElement(node.op) * OperationCost.elements(node, graph)
            if case .scan(let scan) = node.op {
                let iterations = times * Double(scan.count)
                add(scan.body, times: iterations)
                let placed = Materialization(scan.body, inLoop: true)
                starts += iterations * Double(scan.body.nodes.count { placed.isWritten($0) })
            }
        }
    }

    /// Every operation that writes memory is a loop nest for each tile, or for each index inside a tile.
    private static func tileStarts(_ body: Graph, _ tiling: Tiling) -> Double {
        let placed = Materialization(body, productsReadInPlace: false)
        let inner = Set(tiling.inner.flatMap { $0 })
        let tiles = tileCount(body, tiling)
        return body.nodes.indices.reduce(0) { total, index in
            let node = body.nodes[index]
            guard placed.isWritten(node) else { return total }
            let shape = body.type(of: node.results[0]).shape
            let repetitions = inner.contains(index) && shape.rank > tiling.axes ? shape[tiling.axes] : 1
            return total + tiles * Double(repetitions)
        }
    }

    private static func tileCount(_ body: Graph, _ tiling: Tiling) -> Double {
        let tiled = body.outputs.first { output in
            !(tiling.tasks.map { body.isSumOverTiles(output.value, tasks: $0) } ?? false)
        }
        if let tiled {
            return body.type(of: tiled.value).shape.dimensions.prefix(tiling.axes).reduce(1) { $0 * Double($1) }
        }
        return Double(tiling.tasks.flatMap { body.tileCount(tasks: $0) } ?? 1)
    }
}

extension Materialization {
    /// Whether a node's result is computed into memory.
    fileprivate func isWritten(_ node: Graph.Node) -> Bool {
        node.results.contains { placement($0) == .memory }
    }
}
