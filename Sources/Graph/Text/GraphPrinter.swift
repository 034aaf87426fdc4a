extension Graph {
    /// The graph in the text format; parsing it gives back the same graph, and equal graphs have equal texts.
    public var text: String { Self.text(of: [self]) }

    /// Graphs in the text format, as one file; big constants that several have stand there once.
    public static func text(of graphs: [Graph]) -> String {
        var printer = GraphPrinter()
        printer.printFile(.graph, graphs) { printer, graph in
            printer.printBlock(graph, after: "graph \(NameText.symbol(graph.name))", indent: 0)
        }
        return printer.text
    }
}

extension Op {
    /// The attributes as they are printed; of a big constant, which stands at the end of a file, only how many elements it has.
    package var attributeText: String {
        if case .constant(_, .dense(let elements)) = self, elements.count > GraphPrinter.inlineElements {
            return "\(elements.count) elements"
        }
        var printer = GraphPrinter()
        return printer.attributeText(self)
    }
}

/// Prints graphs as blocks between braces, and gathers their big constants for the end of the file.
///
/// Also prints graphs that the verifier refuses, so that they can be looked at: what does not exist shows as `%?`.
struct GraphPrinter {
    /// Constants of more elements stand at the end of the file.
    static let inlineElements = 16

    private(set) var text = ""
    private var blobs = BlobWriter()

    /// Prints the header of a file, its blocks, and the big constants that they share.
    mutating func printFile<Block>(_ level: TextLevel, _ blocks: [Block], _ print: (inout GraphPrinter, Block) -> Void) {
        printLine(level.header, indent: 0)
        for block in blocks {
            printLine("", indent: 0)
            print(&self, block)
        }
        if !blobs.text.isEmpty { text += "\n" + blobs.text }
    }

    mutating func printLine(_ line: String, indent: Int) {
        if !line.isEmpty { text += String(repeating: "  ", count: indent) + line }
        text += "\n"
    }

    /// Prints `first {`, the lines of the graph and `}`.
    mutating func printBlock(_ graph: Graph, after first: String, indent: Int) {
        printLine("\(first) {", indent: indent)
        for input in graph.inputs {
            let role = input.role == .data ? "" : " \(input.role.rawValue)"
            printLine("input \(name(input.value, graph)) : \(type(input.value, graph))\(role)", indent: indent + 1)
        }
        for node in graph.nodes { printNode(node, of: graph, indent: indent + 1) }
        for output in graph.outputs {
            var line = "output \(NameText.word(output.name)) = \(name(output.value, graph))"
            if let updates = output.updates { line += " updates \(inputName(updates, graph))" }
            printLine(line, indent: indent + 1)
        }
        printLine("}", indent: indent)
    }

    private mutating func printNode(_ node: Graph.Node, of graph: Graph, indent: Int) {
        var line = "\(names(node.results, graph)) = \(node.op.spelling)"
        if !node.operands.isEmpty { line += " \(names(node.operands, graph))" }
        let attributes = attributeText(node.op)
        if !attributes.isEmpty { line += " {\(attributes)}" }
        line += " : " + node.results.map { type($0, graph) }.joined(separator: ", ")
        if case .scan(let scan) = node.op {
            printBlock(scan.body, after: line, indent: indent)
        } else {
            printLine(line, indent: indent)
        }
    }

    fileprivate mutating func attributeText(_ op: Op) -> String {
        op.attributes.map { "\($0.name)=\(spell($0.value))" }.joined(separator: ", ")
    }

    private mutating func spell(_ value: OpAttribute.Value) -> String {
        switch value {
        case .integer(let integer): "\(integer)"
        case .integers(let integers): spell(integers)
        case .pair(let left, let right): "[\(spell(left)),\(spell(right))]"
        case .flag(let flag): "\(flag)"
        case .word(let word): word
        case .constant(.splat(let number), let type): NumberText.spell(number, type)
        case .constant(.dense(let numbers), let type): spell(numbers, type)
        }
    }

    private func spell(_ integers: [Int]) -> String {
        "[" + integers.map(String.init).joined(separator: ",") + "]"
    }

    private mutating func spell(_ numbers: [Double], _ type: ElementType) -> String {
        if numbers.count > Self.inlineElements { return NameText.symbol(blobs.name(numbers)) }
        return "[" + numbers.map { NumberText.spell($0, type) }.joined(separator: ", ") + "]"
    }

    // MARK: Names and types

    private func value(_ id: ValueID, _ graph: Graph) -> Graph.Value? {
        graph.values.indices.contains(id.index) ? graph.values[id.index] : nil
    }

    private func name(_ id: ValueID, _ graph: Graph) -> String {
        value(id, graph).map { NameText.value($0.name) } ?? "%?\(id.index)"
    }

    private func names(_ ids: [ValueID], _ graph: Graph) -> String {
        ids.map { name($0, graph) }.joined(separator: ", ")
    }

    private func type(_ id: ValueID, _ graph: Graph) -> String {
        value(id, graph).map { "\($0.type)" } ?? "?"
    }

    private func inputName(_ position: Int, _ graph: Graph) -> String {
        graph.inputs.indices.contains(position) ? name(graph.inputs[position].value, graph) : "%?"
    }
}
