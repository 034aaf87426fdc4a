/// One computation at the levels at which it is known: a file has one level, a plan all of them.
public struct ComparedEntry: Sendable {
    public var name: String
    public var graph: Graph?
    public var kernels: KernelGraph?
    public var program: Program?

    public init(name: String, graph: Graph? = nil, kernels: KernelGraph? = nil, program: Program? = nil) {
        self.name = name
        self.graph = graph
        self.kernels = kernels
        self.program = program
    }
}

/// All differences between two files or plans.
public struct DiffReport: Sendable, Encodable {
    /// The version of the report's JSON form.
    public static let version = 1

    public var a: String
    public var b: String
    public var levels: [LevelDiff]
    public var isSame: Bool { levels.allSatisfy(\.isSame) }

    /// Compares entries of one name; two sources of one entry each are compared whatever it is called.
    ///
    /// - Parameter notes: how the two were made, where that differs.
    public init(_ a: String, _ entriesA: [ComparedEntry], _ b: String, _ entriesB: [ComparedEntry], notes: [String] = []) {
        (self.a, self.b) = (a, b)
        levels = []
        var whole: [Difference] = []
        if entriesA.count == 1 && entriesB.count == 1 {
            compare(entriesA[0], entriesB[0])
        } else {
            whole = compare(entriesA, entriesB)
        }
        if !whole.isEmpty || !notes.isEmpty {
            levels.insert(LevelDiff(.plan, "entries", differences: whole, notes: notes), at: 0)
        }
    }

    /// Compares what has a namesake; returns what has none.
    private mutating func compare(_ entriesA: [ComparedEntry], _ entriesB: [ComparedEntry]) -> [Difference] {
        let byName = Dictionary(entriesB.map { ($0.name, $0) }) { first, _ in first }
        var whole: [Difference] = []
        for entry in entriesA {
            if let other = byName[entry.name] {
                compare(entry, other)
            } else {
                whole.append(Difference(.removed, .program, "entry", a: NameText.word(entry.name)))
            }
        }
        let names = Set(entriesA.map(\.name))
        for entry in entriesB where !names.contains(entry.name) {
            whole.append(Difference(.added, .program, "entry", b: NameText.word(entry.name)))
        }
        return whole
    }

    private mutating func compare(_ a: ComparedEntry, _ b: ComparedEntry) {
        var found: [LevelDiff] = []
        if let graphA = a.graph, let graphB = b.graph { found.append(GraphDiff(graphA, graphB).level) }
        if let kernelsA = a.kernels, let kernelsB = b.kernels { found.append(KernelDiff(kernelsA, kernelsB).level) }
        if let programA = a.program, let programB = b.program {
            found.append(ProgramDiff(programA, programB, kernelsA: a.kernels, kernelsB: b.kernels).level)
        }
        for var level in found {
            level.name = a.name
            levels.append(level)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case version, same, a, b, levels
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.version, forKey: .version)
        try container.encode(isSame, forKey: .same)
        try container.encode(a, forKey: .a)
        try container.encode(b, forKey: .b)
        try container.encode(levels, forKey: .levels)
    }
}
