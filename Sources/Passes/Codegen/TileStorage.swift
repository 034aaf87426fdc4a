import Graph

/// Where the values of a tiled body lie: in the arena, in the thread's scratch memory, or nowhere.
struct TileStorage {
    struct Slot: Hashable {
        /// In bytes from the start of the scratch memory.
        var offset: Int
        /// How many leading axes have no extent in the slot.
        var tileAxes: Int
        /// The extent of the last axis where rows are padded to whole vectors.
        var rowLength: Int?
    }

    let body: Graph
    let tiling: Tiling
    private let materialization: Materialization
    private let uses: UseIndex
    /// For each node the inner range it stands in.
    let rangeOfNode: [Range<Int>?]
    private(set) var slots: [ValueID: Slot] = [:]
    /// Values written straight into the memory of their transpose, with the permutation.
    private(set) var transposes: [ValueID: (target: ValueID, permutation: [Int])] = [:]
    private(set) var scratchBytes = 0
    /// For each node the block of rows it belongs to.
    private let blockOfNode: [Int?]
    /// The axes of rows of each block.
    let rowAxes: [RowAxes?]

    init(_ body: Graph, _ tiling: Tiling) {
        self.body = body
        self.tiling = tiling
        materialization = Materialization(body, productsReadInPlace: false)
        uses = UseIndex(body)
        var rangeOfNode = [Range<Int>?](repeating: nil, count: body.nodes.count)
        for range in tiling.inner { for node in range { rangeOfNode[node] = range } }
        self.rangeOfNode = rangeOfNode
        var blockOfNode = [Int?](repeating: nil, count: body.nodes.count)
        for (index, block) in tiling.blocks.enumerated() { for node in block.nodes { blockOfNode[node] = index } }
        self.blockOfNode = blockOfNode
        let depth = tiling.axes + (tiling.inner.isEmpty ? 0 : 1)
        rowAxes = tiling.blocks.map { RowAxes(body, $0.nodes, depth: depth) }
        findTransposes()
        allocate()
    }

    /// Whether a node's code writes its result to memory.
    func isStored(_ node: Graph.Node) -> Bool {
        switch node.op {
        // Random numbers are drawn once per tile, in rows, however many operations of the tile use them.
        case .randomUniform: true
        case .constant, .iota, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot, .transpose, .reshape,
            .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            materialization.placement(node.results[0]) == .memory
        }
    }

    /// Whether a node only gives another shape to memory that exists.
    func isView(_ node: Graph.Node) -> Bool {
        if case .view = materialization.placement(node.results[0]) { return true }
        return false
    }

    /// A transpose between scratch values costs nothing if the producer writes its result in the final order.
    private mutating func findTransposes() {
        for node in body.nodes {
            guard case .transpose(let permutation) = node.op, permutation.prefix(tiling.axes) == Array(0..<tiling.axes)[...],
                isStored(node), let producer = body.definingNode(of: node.operands[0]), isStored(producer),
                transposes[producer.result] == nil, transposes[node.result] == nil, !isRowSum(producer),
                !uses.isOutput[producer.result.index],
                uses.users[producer.result.index].allSatisfy({ user in
                    if case .view = body.node(user).op.aliasClass { false } else { true }
                })
            else { continue }
            transposes[producer.result] = (node.result, permutation)
        }
        // A target that is itself written elsewhere has no memory in row-major order.
        transposes = transposes.filter { transposes[$0.value.target] == nil }
    }

    /// The value whose memory a value lies in.
    private func storage(_ value: ValueID) -> ValueID {
        var current = value
        while true {
            if let transpose = transposes[current] {
                current = transpose.target
            } else if let node = body.definingNode(of: current), isView(node) {
                current = node.operands[0]
            } else {
                return current
            }
        }
    }

    /// Whether a value is random numbers, which are drawn for a whole tile at once.
    func isDrawn(_ value: ValueID) -> Bool {
        guard case .randomUniform? = body.definingNode(of: value)?.op else { return false }
        return body.type(of: value).elementType == .f32 && !uses.isOutput[value.index]
    }

    // MARK: Blocks of rows

    /// Whether every block of rows adds to a node's result, which then needs rows of neighbours.
    private func isRowSum(_ node: Graph.Node) -> Bool {
        rowAxes.contains { axes in axes.map { $0.isInRange(node.result) && $0.axis(of: node.result) == nil } ?? false }
    }

    /// The values of a block that are read outside of it, or that the body returns.
    func exports(ofBlock block: Int) -> [ValueID] {
        let nodes = tiling.blocks[block].nodes
        var read: Set<ValueID> = []
        var seen: Set<ValueID> = []
        for (index, node) in body.nodes.enumerated() where !nodes.contains(index) {
            guard isStored(node) || isView(node) else { continue }
            for operand in node.operands { collectLoads(operand, &read, &seen) }
        }
        return nodes.map { body.nodes[$0].result }.filter { uses.isOutput[$0.index] || read.contains($0) }
    }

    /// The values that an expression reads from memory.
    private func collectLoads(_ value: ValueID, _ read: inout Set<ValueID>, _ seen: inout Set<ValueID>) {
        guard seen.insert(value).inserted else { return }
        if let node = body.definingNode(of: value), !isStored(node), !isView(node) {
            for operand in node.operands { collectLoads(operand, &read, &seen) }
        } else {
            read.insert(value)
        }
    }

    /// The nodes that must stay together with a node: those of its block, or itself.
    private func span(of node: Int) -> ClosedRange<Int> {
        guard let block = blockOfNode[node] else { return node...node }
        return tiling.blocks[block].nodes.lowerBound...tiling.blocks[block].nodes.upperBound - 1
    }

    /// Whether all that touch a value belong to one block, which then keeps it itself.
    private func isInOneBlock(_ positions: [Int]) -> Bool {
        Set(positions.map { blockOfNode[$0] }).count == 1 && positions.first.flatMap { blockOfNode[$0] } != nil
    }

    // MARK: Scratch memory

    private mutating func allocate() {
        let lives = lifetimes()
        var values: [ValueID] = []
        var items: [ArenaPacking.Item] = []
        for (value, life) in lives.sorted(by: { $0.key < $1.key }) {
            let isInner = life.isInner
            let type = body.type(of: value)
            let tileAxes = tiling.axes + (isInner ? 1 : 0)
            var extents = Array(type.shape.dimensions.dropFirst(tileAxes))
            let rowLength = paddedRow(of: value, extents)
            if let rowLength { extents[extents.count - 1] = rowLength }
            slots[value] = Slot(offset: 0, tileAxes: tileAxes, rowLength: rowLength)
            values.append(value)
            // Loops read numbers that are drawn for a whole tile in vectors, up to one beyond the end.
            let size = max(1, type.with(shape: Shape(extents)).byteCount) + (isDrawn(value) ? 64 : 0)
            items.append(ArenaPacking.Item(size: size, live: life.nodes))
        }
        let packing = ArenaPacking(items)
        for (value, offset) in zip(values, packing.offsets) { slots[value]?.offset = offset }
        scratchBytes = packing.totalBytes
    }

    private struct Life {
        /// Positions of the first and the last node that touch the value.
        var nodes: ClosedRange<Int>
        /// Whether only one inner range touches it.
        var isInner: Bool
    }

    /// The lives of all values that need scratch memory.
    private func lifetimes() -> [ValueID: Life] {
        var touched: [ValueID: [Int]] = [:]
        for (index, node) in body.nodes.enumerated() where isStored(node) && !isWrittenElsewhere(node.result) {
            touched[storage(node.result), default: []].append(index)
            var seen: Set<ValueID> = []
            for operand in node.operands { collectReads(operand, index, &touched, &seen) }
        }
        var lives: [ValueID: Life] = [:]
        for (value, positions) in touched {
            guard body.definingNode(of: value) != nil, !uses.isOutput[value.index], !isInOneBlock(positions) else { continue }
            let ranges = Set(positions.map { rangeOfNode[$0] })
            let isInner = ranges.count == 1 && ranges.first.flatMap { $0 } != nil
                && body.type(of: value).shape.rank > tiling.axes && !isTransposeTarget(value)
            let first = positions.map { isInner ? span(of: $0).lowerBound : rangeOfNode[$0]?.lowerBound ?? span(of: $0).lowerBound }
            let last = positions.map { position in
                isInner ? span(of: position).upperBound : rangeOfNode[position].map { $0.upperBound - 1 } ?? span(of: position).upperBound
            }
            lives[value] = Life(nodes: (first.min() ?? 0)...(last.max() ?? 0), isInner: isInner)
        }
        return lives
    }

    private func isTransposeTarget(_ value: ValueID) -> Bool { transposes.values.contains { $0.target == value } }

    /// Whether a node's code is left out because its operand already lies where its result belongs.
    func isWrittenElsewhere(_ value: ValueID) -> Bool {
        guard let node = body.definingNode(of: value), case .transpose = node.op else { return false }
        return transposes[node.operands[0]]?.target == value
    }

    /// Marks what an expression reads from memory.
    private func collectReads(_ value: ValueID, _ index: Int, _ touched: inout [ValueID: [Int]], _ seen: inout Set<ValueID>) {
        guard seen.insert(value).inserted else { return }
        if let node = body.definingNode(of: value), !isStored(node), !isView(node) {
            for operand in node.operands { collectReads(operand, index, &touched, &seen) }
        } else {
            touched[storage(value), default: []].append(index)
        }
    }

    /// Rows of a scratch matrix are padded to whole vectors, so that loops over them need no remainder; a view would not
    /// know of the padding.
    private func paddedRow(of value: ValueID, _ extents: [Int]) -> Int? {
        guard !isDrawn(value), extents.count >= 2, let last = extents.last, last >= 12, last % 16 != 0,
            body.type(of: value).elementType == .f32, !isTransposeTarget(value)
        else { return nil }
        for user in uses.users[value.index] {
            if case .view = body.node(user).op.aliasClass { return nil }
        }
        return (last + 15) / 16 * 16
    }
}
