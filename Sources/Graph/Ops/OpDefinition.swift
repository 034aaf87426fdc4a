/// What there is to know about an operation apart from what it does: the source of its reference page and of its tests.
///
/// Behaviour stands elsewhere, in one exhaustive switch for each concern: type rules, gradient, evaluation, lowering.
public struct OpDefinition: Sendable {
    public struct Attribute: Sendable {
        public let name: String
        public let meaning: String
    }

    public let kind: OpKind
    /// The operation's name in the text format.
    public let spelling: String
    /// What it computes, in one sentence without a final stop.
    public let summary: String
    /// The names of the operands; a last one that ends in `...` stands for any number.
    public let operands: [String]
    /// In the order in which they are printed.
    public let attributes: [Attribute]
    /// How the type of the result comes about.
    public let result: String
    /// The ids of all diagnostics that `inferTypes` has for the operation.
    public let rules: [String]
    /// A small graph with the operation, in the text format.
    public let sample: String

    /// Whether the result may or must share memory with an operand.
    public var aliasClass: AliasClass { kind.aliasClass }
    /// Whether a graph in braces follows the types.
    public var hasBody: Bool { kind == .scan }

    /// Every operation that can be written, in the order of `OpKind`.
    public static let all: [OpDefinition] = OpKind.allCases.flatMap(definitions)

    private static let bySpelling = Dictionary(uniqueKeysWithValues: all.map { ($0.spelling, $0) })

    /// The operation with the given spelling.
    public static func named(_ spelling: String) -> OpDefinition? { bySpelling[spelling] }

    /// - Parameters:
    ///   - rules: the rules of the operation's own, without the spelling before them.
    ///   - makesShape: whether the result may break a rule that all types obey.
    ///   - sample: the lines of the sample graph.
    init(
        _ kind: OpKind, spelling: String? = nil, _ summary: String, operands: [String] = [],
        attributes: KeyValuePairs<String, String> = [:], result: String, rules: [String], makesShape: Bool = false,
        sample: [String]
    ) {
        let word = spelling ?? kind.rawValue
        self.kind = kind
        self.spelling = word
        self.summary = summary
        self.operands = operands
        self.attributes = attributes.map { Attribute(name: $0.key, meaning: $0.value) }
        self.result = result
        self.rules =
            (["operand-count"] + rules).map { "\(word).\($0)" }
            + (makesShape ? ["type.rank", "type.extent", "type.size"] : [])
        self.sample =
            (["\(TextLevel.graph.header)", "", "graph @\(word) {"] + sample.map { "  \($0)" } + ["}", ""])
            .joined(separator: "\n")
    }

    /// The spellings of one kind: one, except for the elementwise families.
    private static func definitions(of kind: OpKind) -> [OpDefinition] {
        switch kind {
        case .constant: [constant]
        case .iota: [iota]
        case .randomUniform: [randomUniform]
        case .unary: UnaryOp.allCases.map(unary)
        case .binary: BinaryOp.allCases.map(binary)
        case .compare: [compare]
        case .select: [select]
        case .convert: [convert]
        case .stopGradient: [stopGradient]
        case .reduce: [reduce]
        case .dot: [dot]
        case .transpose: [transpose]
        case .reshape: [reshape]
        case .broadcast: [broadcast]
        case .slice: [slice]
        case .pad: [pad]
        case .concatenate: [concatenate]
        case .window: [window]
        case .overlapAdd: [overlapAdd]
        case .gather: [gather]
        case .scatterAdd: [scatterAdd]
        case .matrix: MatrixOp.allCases.map(matrix)
        case .scan: [scan]
        }
    }
}
