/// Builds a graph node by node: infers types, shares equal nodes and gives values unique names.
///
/// Names are formed from the current scope and a hint, `scope/hint`; a number follows (`add`, `add-2`) only where the name is taken, so
/// that inserting a node does not rename the others.
public struct GraphBuilder: Sendable {
    public private(set) var graph: Graph
    public var scope: String = ""

    private var nodesByContent: [NodeKey: NodeID] = [:]
    private var usedNames: Set<String> = []
    private var nextSuffix: [String: Int] = [:]

    private struct NodeKey: Hashable {
        var op: Op
        var operands: [ValueID]
    }

    public init(name: String) {
        graph = Graph(name: name)
    }

    public func type(of value: ValueID) -> TensorType { graph.type(of: value) }
    public func shape(of value: ValueID) -> Shape { graph.type(of: value).shape }

    /// Adds an input; its name is taken as it is, without the scope.
    public mutating func input(_ name: String, _ type: TensorType, role: Graph.Role = .data) -> ValueID {
        let value = ValueID(graph.values.count)
        graph.values.append(
            Graph.Value(name: uniqueName(name), type: type, definition: .input(graph.inputs.count)))
        graph.inputs.append(Graph.Input(value: value, role: role))
        return value
    }

    public mutating func output(_ name: String, _ value: ValueID, updates: Int? = nil) {
        graph.outputs.append(Graph.Output(name: name, value: value, updates: updates))
    }

    /// Adds a node, or finds an equal one, and returns its results.
    ///
    /// - Throws: the type rule that the operands break.
    public mutating func append(_ op: Op, _ operands: [ValueID], names: [String]) throws(Diagnostic) -> [ValueID] {
        let key = NodeKey(op: op, operands: operands)
        if let existing = nodesByContent[key] { return graph.node(existing).results }
        let types = try inferTypes(op, operands.map { graph.type(of: $0) })
        let id = NodeID(graph.nodes.count)
        var results: [ValueID] = []
        for (position, type) in types.enumerated() {
            let hint = position < names.count ? names[position] : "\(names.last ?? op.spelling).\(position)"
            results.append(ValueID(graph.values.count))
            graph.values.append(
                Graph.Value(name: uniqueName(hint), type: type, definition: .node(id, result: position)))
        }
        graph.nodes.append(Graph.Node(op: op, operands: operands, results: results))
        nodesByContent[key] = id
        return results
    }

    /// Adds a node with one result, named `scope/hint`; without a hint, after the operation.
    public mutating func add(_ op: Op, _ operands: [ValueID], _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        let local = hint ?? op.spelling
        return try append(op, operands, names: [scope.isEmpty ? local : "\(scope)/\(local)"])[0]
    }

    /// Runs `body` with names inside the given scope.
    public mutating func scoped<Result>(
        _ name: String, _ body: (inout GraphBuilder) throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        let outer = scope
        scope = outer.isEmpty ? name : "\(outer)/\(name)"
        defer { scope = outer }
        return try body(&self)
    }

    private mutating func uniqueName(_ name: String) -> String {
        if usedNames.insert(name).inserted { return name }
        var suffix = nextSuffix[name] ?? 2
        while !usedNames.insert("\(name)-\(suffix)").inserted { suffix += 1 }
        nextSuffix[name] = suffix + 1
        return "\(name)-\(suffix)"
    }
}
