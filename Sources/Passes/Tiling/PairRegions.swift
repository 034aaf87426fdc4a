import Graph

/// The parts of a graph that compute a number for every pair of rows of two much smaller matrices, such as a kernel matrix.
///
/// A region is what expressions connect: products of the two matrices, and expressions [n, m] of them. Only sums over an axis and
/// products over one lead out of it.
struct PairRegions {
    struct Region: Hashable {
        /// The first product, which names the region.
        var product: ValueID
        var rows: Int
        var columns: Int
        /// How many rows are computed at once; nil where the region stays as it is.
        var blockRows: Int?
        /// Why the region stays as it is, or what is done.
        var reason: String
    }

    private let graph: Graph
    private let uses: UseIndex
    private(set) var regions: [Region] = []
    /// For each value its region; sums of values of several regions have none.
    private var regionOf: [Int?]
    /// Whether a value is a sum of pairs that only sums over an axis read: these are taken apart.
    private let isSplit: [Bool]

    /// A matrix of pairs has this many times the elements of the matrices it comes from.
    private static let growth = 4
    /// Smaller matrices stay in the cache anyway.
    private static let smallestElementCount = 1 << 18
    /// Bounds the bytes of one value of a block.
    private static let largestBlockBytes = 512 << 10
    /// A block has at least this many rows, so that its products keep vector units busy.
    private static let fewestRows = 8
    private static let mostRows = 64

    init(_ graph: Graph) {
        self.graph = graph
        uses = UseIndex(graph)
        isSplit = Self.splitSums(graph, uses)
        regionOf = [Int?](repeating: nil, count: graph.values.count)
        connect()
        for index in regions.indices { decide(index) }
    }

    /// The region whose blocks hold a value, if it is cut into blocks.
    func region(of value: ValueID) -> Region? {
        guard let index = regionOf[value.index], regions[index].blockRows != nil else { return nil }
        return regions[index]
    }

    /// Whether a value is a sum, taken apart, of values of which some lie in blocks.
    func isSplitSum(_ value: ValueID) -> Bool {
        guard isSplit[value.index], let node = graph.definingNode(of: value) else { return false }
        return node.operands.contains { region(of: $0) != nil || isSplitSum($0) }
    }

    // MARK: Connection

    private static func isMatrix(_ type: TensorType) -> Bool { type.shape.rank == 2 }

    private static func isSum(_ op: Op) -> Bool { op == .binary(.add) || op == .binary(.subtract) }

    private static func splitSums(_ graph: Graph, _ uses: UseIndex) -> [Bool] {
        var isSplit = [Bool](repeating: false, count: graph.values.count)
        for node in graph.nodes.reversed() {
            guard isSum(node.op), isMatrix(graph.type(of: node.result)), !uses.isOutput[node.result.index] else { continue }
            isSplit[node.result.index] = uses.users[node.result.index].allSatisfy { user in
                if case .reduce(.sum, _) = graph.node(user).op { return true }
                return isSplit[graph.node(user).results[0].index]
            }
        }
        return isSplit
    }

    /// Numbers the regions: products first, then what expressions connect with them.
    private mutating func connect() {
        var parent = Array(graph.values.indices)
        func root(_ value: Int) -> Int {
            var current = value
            while parent[current] != current { current = parent[current] }
            return current
        }
        for node in graph.nodes where isExpression(node) && !isSplit[node.result.index] {
            for operand in node.operands where isMember(operand) { parent[root(operand.index)] = root(node.result.index) }
        }
        var numberOfRoot: [Int: Int] = [:]
        for node in graph.nodes where isProduct(node) {
            let root = root(node.result.index)
            guard numberOfRoot[root] == nil else { continue }
            numberOfRoot[root] = regions.count
            let shape = graph.type(of: node.result).shape
            regions.append(Region(product: node.result, rows: shape[0], columns: shape[1], reason: ""))
        }
        for node in graph.nodes where isProduct(node) || (isExpression(node) && !isSplit[node.result.index]) {
            regionOf[node.result.index] = numberOfRoot[root(node.result.index)]
        }
    }

    private func isMember(_ value: ValueID) -> Bool {
        guard let node = graph.definingNode(of: value) else { return false }
        return isProduct(node) || (isExpression(node) && !isSplit[value.index])
    }

    /// A product of two matrices whose result is much larger than they are.
    private func isProduct(_ node: Graph.Node) -> Bool {
        guard case .dot(let dimensions) = node.op, Self.isPlain(dimensions), Self.isMatrix(graph.type(of: node.result)) else { return false }
        let types = node.operands.map { graph.type(of: $0) }
        guard types.allSatisfy(Self.isMatrix) else { return false }
        return types.reduce(0) { $0 + $1.elementCount } * Self.growth <= graph.type(of: node.result).elementCount
    }

    static func isPlain(_ dimensions: DotDimensions) -> Bool {
        dimensions.leftBatch.isEmpty && dimensions.leftContracting.count == 1
    }

    /// An expression of matrices, element by element.
    private func isExpression(_ node: Graph.Node) -> Bool {
        switch node.op {
        case .unary, .binary, .compare, .select, .convert: Self.isMatrix(graph.type(of: node.result))
        case .constant, .iota, .randomUniform, .stopGradient, .reduce, .dot, .transpose, .reshape, .broadcast, .slice, .pad,
            .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            false
        }
    }

    // MARK: Decision

    private mutating func decide(_ index: Int) {
        let region = regions[index]
        if let refusal = refusal(index) {
            regions[index].reason = refusal
            return
        }
        let count = region.rows * region.columns
        guard count >= Self.smallestElementCount else {
            regions[index].reason = "a matrix of pairs of \(count) elements stays in the cache"
            return
        }
        let most = min(Self.mostRows, Self.largestBlockBytes / (4 * region.columns))
        guard most >= Self.fewestRows, let rows = (Self.fewestRows...most).last(where: { region.rows % $0 == 0 }) else {
            regions[index].reason = "\(region.rows) rows of \(region.columns) pairs do not divide into blocks for the cache"
            return
        }
        regions[index].blockRows = rows
        regions[index].reason = "pairs are computed in blocks of \(rows) rows"
    }

    /// Why a region can't be computed in blocks of rows.
    private func refusal(_ index: Int) -> String? {
        for value in graph.values.indices.map(ValueID.init) where regionOf[value.index] == index {
            let type = graph.type(of: value)
            guard type.elementType == .f32 || type.elementType == .bool else {
                return "pairs of \(type.elementType.rawValue) are not computed in blocks"
            }
            if uses.isOutput[value.index] { return "the graph returns pairs" }
            for user in uses.users[value.index] where !reads(graph.node(user), value) {
                return "\(graph.node(user).op.spelling) reads pairs in another order"
            }
        }
        return nil
    }

    /// Whether a node can read a value of a region in blocks of rows.
    private func reads(_ node: Graph.Node, _ value: ValueID) -> Bool {
        switch node.op {
        case .unary, .binary, .compare, .select, .convert: return true
        case .reduce(let reduction, let axes): return axes == [1] || reduction == .sum
        case .dot(let dimensions):
            return Self.isPlain(dimensions) && node.operands.count { regionOf[$0.index] != nil } == 1
                && node.operands.allSatisfy { Self.isMatrix(graph.type(of: $0)) } && !isProduct(node)
        case .constant, .iota, .randomUniform, .stopGradient, .transpose, .reshape, .broadcast, .slice, .pad, .concatenate, .window,
            .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return false
        }
    }
}
