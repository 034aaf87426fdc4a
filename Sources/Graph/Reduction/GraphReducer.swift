/// Makes a graph as small as it can while it stays interesting, by trying smaller and smaller changes.
///
/// Delta debugging after Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (TSE 2002): parts of the
/// graph become inputs, first large ones and then single nodes; outputs move to operands or disappear; nodes give way to
/// their operands or to constants; extents and loops shrink, and bodies of loops are reduced the same way.
public struct GraphReducer {
    /// The smallest interesting graph so far.
    public private(set) var best: Graph
    public private(set) var attempts = 0
    private let isInteresting: (Graph) throws(Diagnostic) -> Bool
    /// Whether to stop, with the best graph so far.
    private let isOver: () -> Bool
    /// By hash value: graphs would fill the memory.
    private var tried: Set<Int> = []

    /// - Parameters:
    ///   - graph: an interesting graph.
    ///   - isOver: asked before each attempt.
    ///   - isInteresting: called with graphs that the verifier accepts.
    public init(
        _ graph: Graph, isOver: @escaping () -> Bool = { false }, isInteresting: @escaping (Graph) throws(Diagnostic) -> Bool
    ) {
        best = graph
        self.isOver = isOver
        self.isInteresting = isInteresting
    }

    /// Tries changes until none helps.
    public mutating func run() throws(Diagnostic) {
        var size: GraphSize
        repeat {
            size = GraphSize(best)
            try keepFewOutputs()
            try cutHeads()
            try cutTails([])
            try bypass([])
            try shrinkExtents()
            try reduceLoops([])
            try useConstants([])
        } while GraphSize(best) < size && !isOver()
    }

    /// Tries an edit of the graph, or of the body that a path of loops leads to.
    private mutating func attempt(_ edit: GraphEdit, at path: [NodeID] = []) throws(Diagnostic) -> Bool {
        guard !isOver(), let candidate = try? Self.candidate(best, edit, path[...]), GraphSize(candidate) < GraphSize(best),
            tried.insert(candidate.hashValue).inserted, (try? GraphVerifier.verify(candidate)) != nil
        else { return false }
        attempts += 1
        guard try isInteresting(candidate) else { return false }
        best = candidate
        return true
    }

    private static func candidate(_ graph: Graph, _ edit: GraphEdit, _ path: ArraySlice<NodeID>) throws(Diagnostic) -> Graph {
        guard let id = path.first else { return try edit.apply(to: graph) }
        let node = graph.node(id)
        guard case .scan(var scan) = node.op else { return graph }
        scan.body = try candidate(scan.body, edit, path.dropFirst())
        var outer = GraphEdit(graph)
        outer.inputs = Array(graph.inputs.indices)
        outer.loops[id] = GraphEdit.Loop(scan: scan, operands: node.operands, results: node.results)
        return try outer.apply(to: graph)
    }

    /// The graph, or the body that a path of loops leads to.
    private func graph(at path: [NodeID]) -> Graph {
        path.reduce(best) { graph, id in
            if id.index < graph.nodes.count, case .scan(let scan) = graph.node(id).op { scan.body } else { graph }
        }
    }

    /// An edit that changes nothing yet; the inputs of a body are its interface and stay.
    private func edit(at path: [NodeID]) -> GraphEdit {
        let graph = graph(at: path)
        var edit = GraphEdit(graph)
        if !path.isEmpty { edit.inputs = Array(graph.inputs.indices) }
        return edit
    }

    // MARK: Changes of the whole graph

    /// One output alone if that is enough, otherwise without parts of them that are not needed.
    private mutating func keepFewOutputs() throws(Diagnostic) {
        for output in best.outputs where best.outputs.count > 1 {
            var edit = GraphEdit(best)
            edit.outputs = [output]
            if try attempt(edit) { return }
        }
        try inChunks(of: \.outputs.count) { reducer, chunk throws(Diagnostic) in
            var edit = GraphEdit(reducer.best)
            edit.outputs.removeSubrange(chunk)
            return try reducer.attempt(edit)
        }
    }

    /// Runs of nodes become inputs, and what only they needed disappears.
    private mutating func cutHeads() throws(Diagnostic) {
        try inChunks(of: \.nodes.count) { reducer, chunk throws(Diagnostic) in
            var edit = GraphEdit(reducer.best)
            for node in reducer.best.nodes[chunk] {
                for value in node.results { edit.replacements[value] = .input }
            }
            return try reducer.attempt(edit)
        }
    }

    /// Calls the body with halves, quarters and so on of what is counted, down to single ones, and again after a success.
    private mutating func inChunks(
        of count: KeyPath<Graph, Int>, _ body: (inout GraphReducer, Range<Int>) throws(Diagnostic) -> Bool
    ) throws(Diagnostic) {
        var size = best[keyPath: count] / 2
        while size >= 1 {
            var start = 0
            while start < best[keyPath: count] {
                let end = min(start + size, best[keyPath: count])
                if try !body(&self, start..<end) { start = end }
            }
            size /= 2
        }
    }

    private mutating func shrinkExtents() throws(Diagnostic) {
        for extent in GraphSize.extents(best).sorted(by: >) where extent > 1 {
            for smaller in [1, 2, extent / 2] where smaller < extent {
                var isDone = false
                for includesMultiples in [false, true] where !isDone {
                    var edit = GraphEdit(best)
                    edit.extents = ExtentChange(from: extent, to: smaller, includesMultiples: includesMultiples)
                    isDone = try attempt(edit)
                }
                if isDone { break }
            }
        }
    }

    // MARK: Changes of the graph or of a body

    /// Outputs move to operands of what computes them.
    private mutating func cutTails(_ path: [NodeID]) throws(Diagnostic) {
        var position = 0
        while position < graph(at: path).outputs.count {
            let graph = graph(at: path)
            let operands = graph.definingNode(of: graph.outputs[position].value)?.operands ?? []
            var hasMoved = false
            for operand in operands where !hasMoved {
                var edit = edit(at: path)
                edit.outputs[position].value = operand
                hasMoved = try attempt(edit, at: path)
            }
            if !hasMoved { position += 1 }
        }
    }

    /// Results give way to operands of their type.
    private mutating func bypass(_ path: [NodeID]) throws(Diagnostic) {
        var index = graph(at: path).nodes.count - 1
        while index >= 0 {
            let graph = graph(at: path)
            guard index < graph.nodes.count else {
                index = graph.nodes.count - 1
                continue
            }
            let node = graph.nodes[index]
            var isGone = false
            for (result, operand) in node.results.flatMap({ result in node.operands.map { (result, $0) } }) where !isGone {
                guard graph.type(of: result) == graph.type(of: operand) else { continue }
                var edit = edit(at: path)
                edit.replacements[result] = .value(operand)
                isGone = try attempt(edit, at: path)
            }
            index -= 1
        }
    }

    /// Values and inputs give way to constants of one number.
    private mutating func useConstants(_ path: [NodeID]) throws(Diagnostic) {
        var index = graph(at: path).values.count - 1
        while index >= 0 {
            let graph = graph(at: path)
            let value = ValueID(index)
            index -= 1
            guard value.index < graph.values.count else { continue }
            var numbers = [1.0, 0.0]
            if case .constant(_, let constant)? = graph.definingNode(of: value)?.op {
                guard case .dense(let elements) = constant, let first = elements.first else { continue }
                numbers.insert(first, at: 0)
            }
            for number in numbers {
                var edit = edit(at: path)
                edit.replacements[value] = .constant(number)
                if try attempt(edit, at: path) { break }
            }
        }
    }

    /// Loops run less often and carry less, and their bodies are reduced.
    private mutating func reduceLoops(_ path: [NodeID]) throws(Diagnostic) {
        guard path.count < Scan.maximumNesting else { return }
        var index = 0
        while index < graph(at: path).nodes.count {
            let id = NodeID(index)
            index += 1
            guard case .scan = graph(at: path).node(id).op else { continue }
            try simplifyLoop(id, path)
            guard id.index < graph(at: path).nodes.count, case .scan = graph(at: path).node(id).op else { continue }
            let inner = path + [id]
            try cutTails(inner)
            try bypass(inner)
            try useConstants(inner)
            try reduceLoops(inner)
        }
    }

    /// Tries the smaller loops that do the same kind of work, each again after a success.
    private mutating func simplifyLoop(_ id: NodeID, _ path: [NodeID]) throws(Diagnostic) {
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            let graph = graph(at: path)
            guard id.index < graph.nodes.count, case .scan(let scan) = graph.node(id).op else { return }
            for change in LoopChange.all(scan) where !hasChanged {
                var edit = edit(at: path)
                guard change.apply(to: scan, graph.node(id), id, graph, &edit) else { continue }
                hasChanged = try attempt(edit, at: path)
            }
        }
    }
}
