/// A change of a graph that makes it smaller: what takes the place of values, and which outputs stay.
///
/// Nodes that nothing needs afterwards disappear. Nothing else changes and equal nodes stay apart, so that a fault of a pass
/// which merges or removes nodes is still there.
struct GraphEdit {
    enum Replacement {
        /// A value that is defined earlier.
        case value(ValueID)
        /// A new input of the same type.
        case input
        case constant(Double)
    }

    /// A loop with another body, or with other operands and results.
    struct Loop {
        var scan: Scan
        var operands: [ValueID]
        /// The results by their old ids, in the new order.
        var results: [ValueID]
    }

    var outputs: [Graph.Output]
    var replacements: [ValueID: Replacement] = [:]
    var loops: [NodeID: Loop] = [:]
    /// The inputs that stay, in their new order; nil for those that something needs.
    var inputs: [Int]?
    var extents: ExtentChange?

    init(_ graph: Graph) {
        outputs = graph.outputs
    }

    /// - Throws: the type rule that the changed graph breaks.
    func apply(to graph: Graph) throws(Diagnostic) -> Graph {
        var rebuilding = Rebuilding(graph, self)
        return try rebuilding.run()
    }

    func operands(of id: NodeID, in graph: Graph) -> [ValueID] { loops[id]?.operands ?? graph.node(id).operands }
}

/// A graph on its way through an edit.
private struct Rebuilding {
    private let source: Graph
    private let edit: GraphEdit
    private var isNeeded: Set<ValueID> = []
    private var isRun: Set<NodeID> = []
    private var result: Graph
    private var replacements: [ValueID: ValueID] = [:]
    private var names: Set<String> = []

    init(_ source: Graph, _ edit: GraphEdit) {
        self.source = source
        self.edit = edit
        result = Graph(name: source.name)
        collect()
    }

    /// Finds what the outputs need.
    private mutating func collect() {
        var pending = edit.outputs.map(\.value)
        while let value = pending.popLast() {
            guard isNeeded.insert(value).inserted else { continue }
            switch edit.replacements[value] {
            case .value(let other): pending.append(other)
            case .input, .constant: break
            case nil:
                guard case .node(let id, _) = source.values[value.index].definition, isRun.insert(id).inserted else { continue }
                pending += edit.operands(of: id, in: source)
            }
        }
    }

    mutating func run() throws(Diagnostic) -> Graph {
        let updated = Set(edit.outputs.compactMap(\.updates))
        let kept = edit.inputs ?? source.inputs.indices.filter { position in
            let value = source.inputs[position].value
            return (isNeeded.contains(value) && edit.replacements[value] == nil) || updated.contains(position)
        }
        for position in kept {
            let input = source.inputs[position]
            addInput(input.value, role: input.role)
        }
        for index in source.values.indices {
            if case .input? = edit.replacements[ValueID(index)], isNeeded.contains(ValueID(index)) {
                addInput(ValueID(index), role: .data)
            }
        }
        for input in source.inputs { try replace(input.value) }
        for index in source.nodes.indices {
            if isRun.contains(NodeID(index)) { try copy(NodeID(index)) }
            for value in source.nodes[index].results { try replace(value) }
        }
        try addOutputs(kept)
        return result
    }

    private mutating func addInput(_ value: ValueID, role: Graph.Role) {
        let type = source.type(of: value)
        let id = define(value, edit.extents.map { type.resized($0) } ?? type, .input(result.inputs.count))
        result.inputs.append(Graph.Input(value: id, role: role))
        replacements[value] = id
    }

    /// Puts in its place what an edited value is replaced by.
    private mutating func replace(_ value: ValueID) throws(Diagnostic) {
        guard isNeeded.contains(value) else { return }
        switch edit.replacements[value] {
        case .value(let other): replacements[value] = try replacement(other)
        case .constant(let number):
            let type = source.type(of: value)
            let op = Op.constant(edit.extents.map { type.resized($0) } ?? type, .splat(type.elementType.round(number)))
            replacements[value] = try append(op, [], [value])[0]
        case .input, nil: break
        }
    }

    private mutating func copy(_ id: NodeID) throws(Diagnostic) {
        let node = source.node(id)
        let loop = edit.loops[id]
        var op = loop.map { Op.scan($0.scan) } ?? node.op
        if let extents = edit.extents { op = try op.resized(extents) }
        var operands: [ValueID] = []
        for operand in edit.operands(of: id, in: source) { operands.append(try replacement(operand)) }
        let old = loop?.results ?? node.results
        for (value, new) in zip(old, try append(op, operands, old)) where edit.replacements[value] == nil {
            replacements[value] = new
        }
    }

    private mutating func append(_ op: Op, _ operands: [ValueID], _ old: [ValueID]) throws(Diagnostic) -> [ValueID] {
        let types = try inferTypes(op, operands.map { result.type(of: $0) })
        guard types.count == old.count else {
            throw Diagnostic("reduce.results", op.spelling, "number of results", expected: "\(old.count)", found: "\(types.count)")
        }
        let node = NodeID(result.nodes.count)
        var results: [ValueID] = []
        for (position, (value, type)) in zip(old, types).enumerated() {
            results.append(define(value, type, .node(node, result: position)))
        }
        result.nodes.append(Graph.Node(op: op, operands: operands, results: results))
        return results
    }

    private mutating func define(_ value: ValueID, _ type: TensorType, _ definition: Graph.Definition) -> ValueID {
        var name = source.name(of: value)
        while !names.insert(name).inserted { name += "'" }
        result.values.append(Graph.Value(name: name, type: type, definition: definition))
        return ValueID(result.values.count - 1)
    }

    private func replacement(_ value: ValueID) throws(Diagnostic) -> ValueID {
        guard let replacement = replacements[value] else {
            throw Diagnostic("reduce.order", source.name(of: value), "the value has no replacement yet")
        }
        return replacement
    }

    /// An output that is no longer of its input's type does not update it any more.
    private mutating func addOutputs(_ kept: [Int]) throws(Diagnostic) {
        for output in edit.outputs {
            var output = output
            output.value = try replacement(output.value)
            output.updates = output.updates.flatMap { kept.firstIndex(of: $0) }.flatMap { position in
                result.type(of: result.inputs[position].value) == result.type(of: output.value) ? position : nil
            }
            result.outputs.append(output)
        }
    }
}
