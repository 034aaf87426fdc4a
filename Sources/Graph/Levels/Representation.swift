/// What passes take and give: the same computation on one of the three levels.
public enum Representation: Hashable, Sendable {
    case graph(Graph)
    case kernels(KernelGraph)
    case program(Program)

    public var level: TextLevel {
        switch self {
        case .graph: .graph
        case .kernels: .kernels
        case .program: .program
        }
    }

    public var name: String {
        switch self {
        case .graph(let graph): graph.name
        case .kernels(let kernels): kernels.name
        case .program(let program): program.name
        }
    }

    public var text: String {
        switch self {
        case .graph(let graph): graph.text
        case .kernels(let kernels): kernels.text
        case .program(let program): program.text
        }
    }

    /// The number of nodes, kernels or steps.
    public var count: Int {
        switch self {
        case .graph(let graph): graph.nodes.count
        case .kernels(let kernels): kernels.kernels.count
        case .program(let program): program.steps.count
        }
    }

    /// - Throws: the first broken rule of the level, as a compiler bug.
    public func verify() throws(Diagnostic) {
        switch self {
        case .graph(let graph): try GraphVerifier.verify(graph)
        case .kernels(let kernels): try KernelGraphVerifier.verify(kernels)
        case .program(let program): try ProgramVerifier.verify(program)
        }
    }

    /// What a text of any level spells, verified; `file` names the text in messages.
    public static func parse(_ text: String, file: String) throws(Diagnostic) -> Representation {
        switch TextLevel.written(in: text) {
        case .graph: return .graph(try GraphParser.parse(text, file: file))
        case .kernels: return .kernels(try KernelGraph.parse(text, file: file))
        case .program: return .program(try Program.parseVerified(text, file: file))
        }
    }
}

extension TextLevel {
    /// The level that the first line names; the graph level where it names none, so that its reader says what is wrong.
    public static func written(in text: String) -> TextLevel {
        var rest = text[...]
        while !rest.isEmpty {
            let line = rest.prefix { !$0.isNewline }
            let words = line.split { $0 == " " || $0 == "\t" }
            if let first = words.first, !first.hasPrefix("//") {
                return words.count > 2 ? TextLevel(rawValue: String(words[2])) ?? .graph : .graph
            }
            rest = rest[line.endIndex...].dropFirst()
        }
        return .graph
    }
}
