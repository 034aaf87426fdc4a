import Graph

/// How matrix products read a value that need not be in memory: as strides over what it is made of.
struct ProductReading {
    let graph: Graph
    let uses: UseIndex
    /// Whether a value is computed, or read with strides, wherever it is used.
    let isInlined: (ValueID) -> Bool

    /// Products with more batch axes are computed in tiles, whose operands are packed for the tile.
    static func readsInPlace(_ dimensions: DotDimensions) -> Bool { dimensions.leftBatch.count < 2 }

    /// The products that read a value, by itself or through strides over it.
    func products(reading value: ValueID) -> [Graph.Node] {
        uses.users[value.index].flatMap { user -> [Graph.Node] in
            let reader = graph.node(user)
            if case .dot = reader.op { return [reader] }
            guard StridedView.isStrided(reader.op), isInlined(reader.result) else { return [] }
            return products(reading: reader.result)
        }
    }

    /// Why a product needs the value in memory, or nil if it reads what the value is made of.
    func refusal(of value: ValueID, by product: Graph.Node) -> String? {
        guard case .dot(let dimensions) = product.op, let node = graph.definingNode(of: value), StridedView.isStrided(node.op)
        else { return "a matrix product reads it many times" }
        guard Self.readsInPlace(dimensions) else { return "a matrix product of many small matrices reads it many times" }
        let inPlace = ProductLayout(of: product, graph) { $0 != value && !isInlined($0) }
        let inMemory = ProductLayout(of: product, graph) { $0 == value || !isInlined($0) }
        guard let inPlace else { return "a matrix product cannot read it with strides" }
        let stored = (inMemory?.cost ?? .infinity) + ProductLayout.copyCost * Double(graph.type(of: value).elementCount)
        return inPlace.cost <= stored ? nil : "a matrix product reads it faster from memory of its own than with strides"
    }
}
