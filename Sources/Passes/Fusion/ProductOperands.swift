import Graph

/// Puts operands of matrix products into an order of axes that the BLAS can read, where a copy costs less than it saves.
enum ProductOperands {
    static func prepared(_ graph: Graph) throws(Diagnostic) -> Graph {
        var copies: [[Copy]] = []
        for node in graph.nodes { copies.append(cheapestCopy(node, graph).map { [$0] } ?? []) }
        guard copies.contains(where: { !$0.isEmpty }) else { return graph }
        var rewriter = GraphRewriter(graph)
        for (node, copies) in zip(graph.nodes, copies) {
            guard let copy = copies.first else {
                try rewriter.copy(node)
                continue
            }
            var operands = try rewriter.replacements(of: node.operands)
            let name = graph.name(of: node.operands[copy.operand]) + ".ordered"
            operands[copy.operand] = try rewriter.builder.append(
                .transpose(permutation: copy.permutation), [operands[copy.operand]], names: [name])[0]
            let product = try rewriter.builder.append(
                .dot(copy.dimensions), operands, names: [graph.name(of: node.result)])[0]
            rewriter.replace(node.result, by: product)
        }
        return try rewriter.finish()
    }

    private struct Copy {
        var operand: Int
        var permutation: [Int]
        /// The product's axes after the copy.
        var dimensions: DotDimensions
    }

    private static func cheapestCopy(_ node: Graph.Node, _ graph: Graph) -> Copy? {
        guard case .dot(let dimensions) = node.op, ProductReading.readsInPlace(dimensions),
            let views = StridedView.operands(of: node, graph, isInMemory: { !isStrided($0, graph) })
        else { return nil }
        let elementType = graph.type(of: node.result).elementType
        let layout = ProductLayout(dimensions, views, elementType)
        if let layout, layout.isPlain(dimensions) { return nil }
        var cost = layout?.cost ?? ProductLayout.loopNestCost * ProductAxes(dimensions, views.left, views.right).multiplications
        var cheapest: Copy?
        for copy in [ordering(left: views.left, dimensions), ordering(right: views.right, dimensions)] {
            var copied = views
            let view = copy.operand == 0 ? views.left : views.right
            let ordered = StridedView(copying: view, permutation: copy.permutation)
            if copy.operand == 0 { copied.left = ordered } else { copied.right = ordered }
            guard copy.permutation != Array(copy.permutation.indices),
                let layout = ProductLayout(copy.dimensions, copied, elementType)
            else { continue }
            let total = layout.cost + ProductLayout.copyCost * Double(Shape(view.extents).elementCount)
            guard total < cost else { continue }
            cost = total
            cheapest = copy
        }
        return cheapest
    }

    private static func isStrided(_ value: ValueID, _ graph: Graph) -> Bool {
        graph.definingNode(of: value).map { StridedView.isStrided($0.op) } ?? false
    }

    private static func ordering(left: StridedView, _ dimensions: DotDimensions) -> Copy {
        let permutation = dimensions.leftBatch + dimensions.leftFree(rank: left.extents.count) + dimensions.leftContracting
        var ordered = dimensions
        ordered.leftBatch = positions(of: dimensions.leftBatch, permutation)
        ordered.leftContracting = positions(of: dimensions.leftContracting, permutation)
        return Copy(operand: 0, permutation: permutation, dimensions: ordered)
    }

    private static func ordering(right: StridedView, _ dimensions: DotDimensions) -> Copy {
        let permutation = dimensions.rightBatch + dimensions.rightContracting + dimensions.rightFree(rank: right.extents.count)
        var ordered = dimensions
        ordered.rightBatch = positions(of: dimensions.rightBatch, permutation)
        ordered.rightContracting = positions(of: dimensions.rightContracting, permutation)
        return Copy(operand: 1, permutation: permutation, dimensions: ordered)
    }

    private static func positions(of axes: [Int], _ permutation: [Int]) -> [Int] {
        axes.map { permutation.firstIndex(of: $0) ?? $0 }
    }
}
