/// One thing that is in only one of two representations, or differs between them.
public struct Difference: Hashable, Sendable, Encodable {
    public enum Kind: String, Hashable, Sendable, Encodable {
        case removed, added, changed
    }

    public enum Subject: String, Hashable, Sendable, Encodable {
        case input, output, operation, kernel, step, slice, memory, program, plan
    }

    public var kind: Kind
    public var subject: Subject
    /// What it is: an operation, a kernel's form, a step's kernel function.
    public var what: String
    /// Its name in the first representation, as it is spelled there.
    public var a: String?
    /// Its name in the second one.
    public var b: String?
    /// The type of what was added or removed.
    public var type: String?
    /// The loops that it stands in, outermost first, or the kernel.
    public var scope: [String]
    public var details: [Detail]

    /// What differs: an attribute, an operand, a size; nil on the side that has none.
    public struct Detail: Hashable, Sendable, Encodable {
        public var field: String
        public var a: String?
        public var b: String?
        /// Whether only one side can have it: what else is known of something added, removed or moved.
        var isFact = false

        public init(_ field: String, _ a: String?, _ b: String?) {
            self.field = field
            self.a = a
            self.b = b
        }

        static func fact(_ field: String, _ kind: Kind, _ text: String) -> Detail {
            var detail = Detail(field, kind == .removed ? text : nil, kind == .removed ? nil : text)
            detail.isFact = true
            return detail
        }

        private enum CodingKeys: String, CodingKey {
            case field, a, b
        }
    }

    public init(
        _ kind: Kind, _ subject: Subject, _ what: String, a: String? = nil, b: String? = nil, type: String? = nil,
        scope: [String] = [], details: [Detail] = []
    ) {
        self.kind = kind
        self.subject = subject
        self.what = what
        self.a = a
        self.b = b
        self.type = type
        self.scope = scope
        self.details = details
    }
}

/// The differences between two representations of one level.
public struct LevelDiff: Hashable, Sendable, Encodable {
    public enum Level: String, Hashable, Sendable, Encodable {
        case graph, kernels, program, plan
    }

    public var level: Level
    /// The name of the entry, or of the first graph.
    public var name: String
    public var isSame: Bool { differences.isEmpty }
    public var differences: [Difference]
    /// How much there is in both, such as the numbers of operations.
    public var sizes: [Size]
    /// Inputs that stand for each other under different names, which is no difference.
    public var renamedInputs: [Difference.Detail] = []
    /// What else is no difference, but good to know.
    public var notes: [String]

    /// A number that describes the whole.
    public struct Size: Hashable, Sendable, Encodable {
        public var name: String
        public var a: Int
        public var b: Int
        public init(_ name: String, _ a: Int, _ b: Int) {
            self.name = name
            self.a = a
            self.b = b
        }
    }

    public init(_ level: Level, _ name: String, differences: [Difference], sizes: [Size] = [], notes: [String] = []) {
        self.level = level
        self.name = name
        self.differences = differences
        self.sizes = sizes
        self.notes = notes
    }

    private enum CodingKeys: String, CodingKey {
        case level, name, same, sizes, differences, renamedInputs, notes
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(level, forKey: .level)
        try container.encode(name, forKey: .name)
        try container.encode(isSame, forKey: .same)
        try container.encode(sizes, forKey: .sizes)
        try container.encode(differences, forKey: .differences)
        try container.encode(renamedInputs, forKey: .renamedInputs)
        try container.encode(notes, forKey: .notes)
    }
}
