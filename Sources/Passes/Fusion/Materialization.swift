import Graph

/// Which values of a graph get memory of their own, and which are computed inside the loops that use them.
struct Materialization {
    enum Placement: Hashable {
        /// Has memory: an input, or written by a kernel.
        case memory
        /// The operand's memory under another shape.
        case view(ValueID)
        /// Computed wherever it is used.
        case inlined
    }

    private(set) var placements: [Placement]
    private(set) var decisions: [FusionDecision] = []
    private let graph: Graph
    private let uses: UseIndex
    private let productsReadInPlace: Bool
    private let inLoop: Bool

    /// Expressions up to this cost are computed again by each reader rather than stored.
    private static let recomputationLimit = 4
    /// Bounds the code of one kernel.
    private static let maximumBodyCost = 400

    /// - Parameters:
    ///   - productsReadInPlace: whether matrix products may read strides over values in memory.
    ///   - inLoop: whether one thread computes the graph again and again from first-level cache, where a value that a
    ///     broadcast repeats is cheaper to load than all its repetitions.
    init(_ graph: Graph, productsReadInPlace: Bool = true, inLoop: Bool = false) {
        self.graph = graph
        self.productsReadInPlace = productsReadInPlace
        self.inLoop = inLoop
        uses = UseIndex(graph)
        placements = [Placement](repeating: .memory, count: graph.values.count)
        // Readers before definitions: whether a value is stored depends on who reads it.
        var roots = [Set<Int>](repeating: [], count: graph.values.count)
        for (index, node) in graph.nodes.enumerated().reversed() {
            for result in node.results { decide(result, node, index, &roots) }
        }
        decisions.reverse()
        bound()
    }

    func placement(_ value: ValueID) -> Placement { placements[value.index] }

    private mutating func decide(_ value: ValueID, _ node: Graph.Node, _ index: Int, _ roots: inout [Set<Int>]) {
        for user in uses.users[value.index] {
            let reader = graph.node(user)
            let readerIsInlined = reader.results.allSatisfy { placements[$0.index] == .inlined }
            roots[value.index].formUnion(readerIsInlined ? roots[reader.results[0].index] : [user.index])
        }
        let choice = choose(value, node, roots[value.index])
        placements[value.index] = choice.placement
        let outcome: FusionDecision.Outcome =
            switch choice.placement {
            case .memory: .materialized
            case .view: .view
            case .inlined: .fused
            }
        decisions.append(FusionDecision(value: graph.name(of: value), outcome: outcome, reason: choice.reason))
    }

    private func choose(
        _ value: ValueID, _ node: Graph.Node, _ roots: Set<Int>
    ) -> (placement: Placement, reason: String) {
        if case .view = node.op.aliasClass {
            return uses.isOutput[value.index]
                ? (.memory, "a view that the graph returns is copied") : (.view(node.operands[0]), "a view of its operand")
        }
        guard FusionLegality.canInline(node.op) else { return (.memory, "\(node.op.spelling) is not an expression over single elements") }
        if uses.isOutput[value.index] { return (.memory, "the graph returns it") }
        if let refusal = FusionLegality.refusingReader(of: value, graph, uses) { return (.memory, refusal) }
        if let choice = chooseForProducts(value) { return choice }
        if roots.count == 1 { return (.inlined, "all its readers are in one kernel") }
        if inLoop, case .broadcast = node.op, FusionLegality.refusingReader(of: node.operands[0], graph, uses) != nil {
            return (.inlined, "what it repeats is in memory")
        }
        let cost = RecomputationCost.of(value, graph) { placements[$0.index] == .memory }
        if cost <= Self.recomputationLimit { return (.inlined, "computing it again is cheaper than storing it") }
        return (.memory, "\(roots.count) kernels read it and computing it costs \(cost)")
    }

    /// The choice for a value that matrix products read, nil if none does.
    private func chooseForProducts(_ value: ValueID) -> (placement: Placement, reason: String)? {
        let reading = ProductReading(graph: graph, uses: uses) { placements[$0.index] == .inlined }
        let products = reading.products(reading: value)
        guard !products.isEmpty else { return nil }
        guard productsReadInPlace else { return (.memory, "a matrix product of a tile reads it many times") }
        for product in products {
            if let refusal = reading.refusal(of: value, by: product) { return (.memory, refusal) }
        }
        return (.inlined, "matrix products read it with strides")
    }

    /// Stores values where the expressions of one kernel would grow beyond a bound.
    private mutating func bound() {
        var cost = [Int](repeating: 0, count: graph.values.count)
        for node in graph.nodes {
            let total = node.operands.reduce(1) { $0 + (placements[$1.index] == .inlined ? cost[$1.index] : 0) }
            for result in node.results {
                cost[result.index] = total
                guard placements[result.index] == .inlined, total > Self.maximumBodyCost else { continue }
                placements[result.index] = .memory
                decisions.append(
                    FusionDecision(value: graph.name(of: result), outcome: .materialized, reason: "the kernel is large enough"))
            }
        }
    }
}

/// What it costs to compute a value again from memory, in additions.
enum RecomputationCost {
    static func of(_ value: ValueID, _ graph: Graph, isInMemory: (ValueID) -> Bool) -> Int {
        var cost = 0
        var loads = 0
        collect(value, graph, isInMemory, &cost, &loads)
        return cost + 2 * max(0, loads - 1)
    }

    private static func collect(
        _ value: ValueID, _ graph: Graph, _ isInMemory: (ValueID) -> Bool, _ cost: inout Int, _ loads: inout Int
    ) {
        // Deep expressions are over the limit anyway.
        guard cost < 64, let node = graph.definingNode(of: value) else { return }
        cost += own(node.op)
        for operand in node.operands {
            if graph.definingNode(of: operand) == nil || !isPlainExpression(operand, graph) || isRepeated(operand, by: node, graph) {
                loads += graph.type(of: operand).elementCount * 8 >= graph.type(of: value).elementCount ? 1 : 0
            } else {
                collect(operand, graph, isInMemory, &cost, &loads)
            }
        }
    }

    /// Whether a computed operand is in memory because a broadcast repeats it.
    private static func isRepeated(_ operand: ValueID, by node: Graph.Node, _ graph: Graph) -> Bool {
        guard case .broadcast(let shape, _) = node.op else { return false }
        return FusionLegality.repeats(shape.elementCount, operand, graph)
    }

    private static func isPlainExpression(_ value: ValueID, _ graph: Graph) -> Bool {
        guard let node = graph.definingNode(of: value) else { return false }
        return FusionLegality.canInline(node.op)
    }

    private static func own(_ op: Op) -> Int {
        switch op {
        case .constant, .iota, .broadcast, .slice, .transpose, .window, .stopGradient, .reshape: 0
        // Masks are drawn again rather than stored: that is what the counter-based generator is for.
        case .randomUniform: 0
        case .compare, .select, .convert, .pad, .concatenate, .gather: 1
        case .unary(let unary):
            switch unary {
            case .negate, .abs, .sign, .floor, .roundEven, .logicalNot: 1
            case .exp, .log, .sqrt, .tanh, .logistic: 8
            }
        case .binary(let binary):
            switch binary {
            case .add, .subtract, .multiply, .maximum, .minimum, .logicalAnd, .logicalOr: 1
            case .divide, .power: 4
            }
        case .reduce, .dot, .overlapAdd, .scatterAdd, .matrix, .scan: 64
        }
    }
}
