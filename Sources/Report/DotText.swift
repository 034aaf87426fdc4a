import Graph

/// A graph in the DOT language, which Graphviz and Netron open, collapsed by the scopes of names.
public struct DotText {
    private let name: String
    private let depth: Int
    /// In the order of their first member.
    private var nodes: [String] = []
    private var members: [String: [String]] = [:]
    /// The bytes that go from one node to another, by their numbers.
    private var edges: [Edge: Int] = [:]
    private var numbers: [String: Int] = [:]

    private struct Edge: Hashable, Comparable {
        var source: Int
        var target: Int
        static func < (a: Edge, b: Edge) -> Bool { (a.source, a.target) < (b.source, b.target) }
    }

    /// - Parameter depth: how many scopes of a name make a node; 0 for a node per value.
    public init(_ graph: Graph, depth: Int) {
        name = graph.name
        self.depth = depth
        for input in graph.inputs { add(graph.name(of: input.value), "input \(graph.type(of: input.value))") }
        for node in graph.nodes {
            let target = graph.name(of: node.results[0])
            add(target, "\(node.op.spelling) \(graph.type(of: node.results[0]))")
            for operand in Set(node.operands).sorted() {
                connect(Self.definition(of: operand, in: graph), target, bytes: graph.type(of: operand).byteCount)
            }
        }
    }

    /// - Parameter depth: how many scopes of a name make a node; 0 for a node per kernel.
    public init(_ graph: KernelGraph, depth: Int) {
        name = graph.name
        self.depth = depth
        for input in graph.inputs { add(graph.name(of: input.tensor), "input \(graph.type(of: input.tensor))") }
        for kernel in graph.kernels {
            add(kernel.name, "\(kernel.form.rawValue), \(kernel.body.nodes.count) operations")
            for operand in Set(kernel.operands.map { graph.storage(of: $0) }).sorted() {
                connect(Self.definition(of: operand, in: graph), kernel.name, bytes: graph.type(of: operand).byteCount)
            }
        }
    }

    private static func definition(of value: ValueID, in graph: Graph) -> String {
        graph.name(of: graph.definingNode(of: value)?.results[0] ?? value)
    }

    private static func definition(of tensor: TensorID, in graph: KernelGraph) -> String {
        guard case .kernel(let kernel) = graph.tensors[tensor.index].origin else { return graph.name(of: tensor) }
        return graph.kernels[kernel].name
    }

    /// The node that a name belongs to; names without a scope stand for themselves.
    private func group(_ name: String) -> String {
        let scopes = name.split(separator: "/").dropLast()
        return depth == 0 || scopes.isEmpty ? name : scopes.prefix(depth).joined(separator: "/") + "/"
    }

    private mutating func add(_ name: String, _ note: String) {
        let group = group(name)
        if numbers[group] == nil {
            numbers[group] = nodes.count
            nodes.append(group)
        }
        members[group, default: []].append(note)
    }

    private mutating func connect(_ source: String, _ target: String, bytes: Int) {
        guard let from = numbers[group(source)], let to = numbers[group(target)], from != to else { return }
        edges[Edge(source: from, target: to), default: 0] += bytes
    }

    public var text: String {
        var text = "digraph \(Self.quoted(name)) {\n  rankdir=TB;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
        for (number, node) in nodes.enumerated() {
            let notes = members[node] ?? []
            let note = notes.count == 1 ? notes[0] : "\(notes.count) members"
            text += "  n\(number) [label=\(Self.quoted("\(node)\n\(note)"))];\n"
        }
        for (edge, bytes) in edges.sorted(by: { $0.key < $1.key }) {
            text += "  n\(edge.source) -> n\(edge.target) [label=\(Self.quoted("\(bytes) B"))];\n"
        }
        return text + "}\n"
    }

    /// A string of DOT; a line feed stays one, as the two characters that DOT has for it.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "\""
    }
}
