import Graph

/// Writes a graph anew with the matrices of its pair regions in blocks of rows.
struct PairRewriter {
    private let source: Graph
    private let regions: PairRegions
    private let uses: UseIndex
    private var symmetry: PairSymmetry
    private var rewriter: GraphRewriter
    /// How many times the way to a value leads out of a region.
    private let level: [Int]
    private var blocks: [Key: ValueID] = [:]

    /// A value as it is computed at one level: after a sum of its region, it is computed again.
    private struct Key: Hashable {
        var value: ValueID
        var level: Int
    }

    init(_ graph: Graph, _ regions: PairRegions) {
        source = graph
        self.regions = regions
        uses = UseIndex(graph)
        symmetry = PairSymmetry(graph)
        rewriter = GraphRewriter(graph)
        level = Self.levels(graph, regions)
    }

    private static func levels(_ graph: Graph, _ regions: PairRegions) -> [Int] {
        var level = [Int](repeating: 0, count: graph.values.count)
        func isBlocked(_ value: ValueID) -> Bool { regions.region(of: value) != nil || regions.isSplitSum(value) }
        for node in graph.nodes {
            var own = node.operands.map { level[$0.index] }.max() ?? 0
            if !isBlocked(node.results[0]), node.operands.contains(where: isBlocked) { own += 1 }
            // Rows repeat their own sums within a block.
            if let pairs = rowsRepeated(by: node, graph), regions.region(of: pairs) != nil { own = level[pairs.index] }
            for result in node.results { level[result.index] = own }
        }
        return level
    }

    /// The pairs whose reductions along the rows a node repeats along the same rows.
    private static func rowsRepeated(by node: Graph.Node, _ graph: Graph) -> ValueID? {
        guard case .broadcast(_, axes: [0]) = node.op, let source = graph.definingNode(of: node.operands[0]),
            case .reduce(_, axes: [1]) = source.op
        else { return nil }
        return source.operands[0]
    }

    mutating func run() throws(Diagnostic) -> Graph {
        for node in source.nodes {
            if isBlocked(node.results[0]) || isOnlyLeaf(node) { continue }
            if case .reduce(let reduction, let axes) = node.op, isBlocked(node.operands[0]) {
                let result = try sum(of: node.operands[0], reduction, axes, source.name(of: node.result))
                rewriter.replace(node.result, by: result)
            } else if case .dot(let dimensions) = node.op, let position = node.operands.firstIndex(where: { regions.region(of: $0) != nil }) {
                rewriter.replace(node.result, by: try product(node, dimensions, position))
            } else {
                try rewriter.copy(node)
            }
        }
        return try rewriter.finish()
    }

    private func isBlocked(_ value: ValueID) -> Bool { regions.region(of: value) != nil || regions.isSplitSum(value) }

    /// Whether only blocks read what a node repeats.
    private func isOnlyLeaf(_ node: Graph.Node) -> Bool {
        switch node.op {
        case .constant(_, .splat): break
        case .broadcast(_, let axes): if axes == [0, 1] { return false }
        case .constant(_, .dense), .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot,
            .transpose, .reshape, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return false
        }
        let users = uses.users[node.result.index]
        return !uses.isOutput[node.result.index] && !users.isEmpty
            && users.allSatisfy { regions.region(of: source.node($0).results[0]) != nil }
    }

    private mutating func add(_ op: Op, _ operands: [ValueID], _ name: String) throws(Diagnostic) -> ValueID {
        try rewriter.builder.append(op, operands, names: [name])[0]
    }

    // MARK: Values of blocks

    /// A value of a region as [blocks, rows, m].
    private mutating func block(_ value: ValueID, _ region: PairRegions.Region, level: Int) throws(Diagnostic) -> ValueID {
        let key = Key(value: value, level: level)
        if let known = blocks[key] { return known }
        guard let node = source.definingNode(of: value) else {
            throw Diagnostic("pairs.input", source.name(of: value), "input is not part of a region", kind: .compilerBug)
        }
        let result: ValueID
        if case .dot(let dimensions) = node.op {
            let left = try rows(of: node.operands[0], along: 1 - dimensions.leftContracting[0], region, level: level)
            let right = try rewriter.replacement(node.operands[1])
            let own = DotDimensions(leftContracting: [2], rightContracting: dimensions.rightContracting)
            result = try add(.dot(own), [left, right], source.name(of: value))
        } else {
            var operands: [ValueID] = []
            for operand in node.operands {
                operands.append(
                    regions.region(of: operand) == nil
                        ? try leaf(operand, region, level: level) : try block(operand, region, level: level))
            }
            result = try add(node.op, operands, source.name(of: value))
        }
        blocks[key] = result
        return result
    }

    /// A value from outside of a region, under another identity at each level, so that what reads it is not shared between them.
    private mutating func outside(_ value: ValueID, level: Int) throws(Diagnostic) -> ValueID {
        var result = try rewriter.replacement(value)
        let shape = rewriter.builder.shape(of: result)
        for _ in 0..<level { result = try add(.reshape(shape), [result], "\(source.name(of: value)).again") }
        return result
    }

    /// A small matrix as [blocks, rows, …], where `axis` numbers its rows.
    private mutating func rows(
        of value: ValueID, along axis: Int, _ region: PairRegions.Region, level: Int
    ) throws(Diagnostic) -> ValueID {
        var matrix = try outside(value, level: level)
        if axis == 1 { matrix = try add(.transpose(permutation: [1, 0]), [matrix], "\(source.name(of: value)).turned") }
        return try cut(matrix, region, source.name(of: value))
    }

    private mutating func cut(_ value: ValueID, _ region: PairRegions.Region, _ name: String) throws(Diagnostic) -> ValueID {
        let extents = rewriter.builder.shape(of: value).dimensions
        return try add(.reshape(Shape(leading(region) + extents.dropFirst())), [value], "\(name).blocks")
    }

    private func leading(_ region: PairRegions.Region) -> [Int] {
        let rows = region.blockRows ?? 1
        return [region.rows / rows, rows]
    }

    /// What a region's expressions read from outside, in blocks.
    private mutating func leaf(_ value: ValueID, _ region: PairRegions.Region, level: Int) throws(Diagnostic) -> ValueID {
        let shape = Shape(leading(region) + [region.columns])
        let name = source.name(of: value)
        let node = source.definingNode(of: value)
        if case .constant(let type, .splat(let number))? = node?.op {
            return try add(.constant(type.with(shape: shape), .splat(number)), [], name)
        }
        if let node, case .broadcast(_, let axes) = node.op, axes != [0, 1] {
            var repeated = try outside(node.operands[0], level: level)
            if axes == [0] { repeated = try cut(repeated, region, source.name(of: node.operands[0])) }
            return try add(.broadcast(shape, axes: axes == [0] ? [0, 1] : axes.map { $0 + 1 }), [repeated], name)
        }
        return try cut(try outside(value, level: level), region, name)
    }

    // MARK: What leads out of a region

    /// A reduction of a value of a region, or of a sum of values of several ones.
    private mutating func sum(
        of value: ValueID, _ reduction: Reduction, _ axes: [Int], _ name: String
    ) throws(Diagnostic) -> ValueID {
        if regions.isSplitSum(value), let node = source.definingNode(of: value) {
            let parts = node.operands
            let first = try sum(of: parts[0], reduction, axes, "\(name).left")
            let second = try sum(of: parts[1], reduction, axes, "\(name).right")
            return try add(node.op, [first, second], name)
        }
        guard let region = regions.region(of: value) else {
            return try add(.reduce(reduction, axes: axes), [try rewriter.replacement(value)], name)
        }
        if reduction == .sum, let (plain, factor) = withoutFactor(value) {
            return try multiply(sum(of: plain, reduction, axes, "\(name).plain"), factor, name)
        }
        let pairs = try block(value, region, level: level[value.index])
        if axes == [0], !symmetry.isSymmetric(value) { return try add(.reduce(reduction, axes: [0, 1]), [pairs], name) }
        let rows = try add(.reduce(reduction, axes: [2]), [pairs], "\(name).rows")
        if axes.count == 2 { return try add(.reduce(reduction, axes: [0, 1]), [rows], name) }
        return try add(.reshape([region.rows]), [rows], name)
    }

    /// A product of a matrix of pairs with a small matrix.
    private mutating func product(_ node: Graph.Node, _ dimensions: DotDimensions, _ position: Int) throws(Diagnostic) -> ValueID {
        let name = source.name(of: node.result)
        if let (plain, factor) = withoutFactor(node.operands[position]) {
            var scaled = node
            scaled.operands[position] = plain
            return try multiply(product(scaled, dimensions, position), factor, name)
        }
        let pairs = node.operands[position]
        guard let region = regions.region(of: pairs) else { return try rewriter.replacement(node.result) }
        let other = node.operands[1 - position]
        let contracting = [dimensions.leftContracting[0], dimensions.rightContracting[0]]
        let (axis, otherAxis) = (contracting[position], contracting[1 - position])
        let own = level[pairs.index]
        let left = try block(pairs, region, level: own)
        var result: ValueID
        if axis == 1 || symmetry.isSymmetric(pairs) {
            let sides = DotDimensions(leftContracting: [2], rightContracting: [otherAxis])
            let rows = try add(.dot(sides), [left, try rewriter.replacement(other)], "\(name).rows")
            result = try add(.reshape([region.rows, rewriter.builder.shape(of: rows)[2]]), [rows], name)
        } else {
            let right = try rows(of: other, along: otherAxis, region, level: own)
            result = try add(.dot(DotDimensions(leftContracting: [0, 1], rightContracting: [0, 1])), [left, right], name)
        }
        if position == 1 { result = try add(.transpose(permutation: [1, 0]), [result], "\(name).turned") }
        return result
    }

    /// Pairs that are multiplied by a constant, which their sums can take on.
    private func withoutFactor(_ value: ValueID) -> (pairs: ValueID, factor: Double)? {
        guard let node = source.definingNode(of: value), case .binary(.multiply) = node.op else { return nil }
        for (position, operand) in node.operands.enumerated() {
            guard case .constant(_, .splat(let factor))? = source.definingNode(of: operand)?.op,
                regions.region(of: node.operands[1 - position]) != nil
            else { continue }
            return (node.operands[1 - position], factor)
        }
        return nil
    }

    private mutating func multiply(_ value: ValueID, _ factor: Double, _ name: String) throws(Diagnostic) -> ValueID {
        let constant = try add(.constant(rewriter.builder.type(of: value), .splat(factor)), [], "\(name).factor")
        return try add(.binary(.multiply), [value, constant], name)
    }
}
