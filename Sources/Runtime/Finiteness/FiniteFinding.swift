import Graph

/// The first value of a run that is not finite, and where it comes from.
struct FiniteFinding {
    /// Something that a step reads.
    struct Operand {
        var name: String
        var storage: String
        var type: TensorType
        /// For an input its position and region.
        var input: (position: Int, region: Region)?
        var count: NonFiniteCount

        var description: String {
            let kind = input.map { "\(Self.kind($0.region)) \($0.position)" } ?? "computed"
            return "\(name) : \(type), \(kind): \(count.description)"
        }

        static func kind(_ region: Region) -> String {
            switch region {
            case .parameters: "parameter, input"
            case .state: "state, input"
            case .inputs, .outputs, .workspace: "data, input"
            }
        }
    }

    var entry: String
    /// How many runs of the entry came before.
    var run: Int
    var step: Int
    var epoch: Int
    var kernel: String
    var label: String
    var name: String
    var type: TensorType
    var count: NonFiniteCount
    var operands: [Operand]
    /// The input that spoils the value, if one does.
    var source: Operand?
    /// What is known of the operation inside the kernel, in lines.
    var origin: [String]

    /// What a command ends with.
    var diagnostic: Diagnostic {
        let place = "computed by step \(step) of \(entry), epoch \(epoch), run \(run + 1): \(kernel), \(label)"
        let reads = operands.map { "  reads \($0.description)" }
        guard let source, let input = source.input else {
            return Diagnostic(
                "finite.computed", "\(name) : \(type)",
                "the first value that is not finite is computed from \(givenNumbers): \(Self.amount(count, type))",
                found: Self.element(count, type), kind: .finding, notes: [place] + reads + origin)
        }
        let spoiled = "the first value that it spoils is \(name) : \(type), \(Self.element(count, type))"
        return Diagnostic(
            "finite.input", "\(source.name) : \(source.type)",
            "an input holds numbers that are not finite (\(Operand.kind(input.region)) \(input.position)): "
                + Self.amount(source.count, source.type),
            found: Self.element(source.count, source.type), kind: .finding, notes: [spoiled, place] + reads)
    }

    private var givenNumbers: String {
        operands.allSatisfy(\.count.isFinite) ? "finite ones" : "finite ones and infinities that the graph asks for"
    }

    private static func amount(_ count: NonFiniteCount, _ type: TensorType) -> String {
        "\(count.nans) NaN and \(count.infinities) infinite of \(type.elementCount) elements"
    }

    static func element(_ count: NonFiniteCount, _ type: TensorType) -> String {
        guard let first = count.first else { return "none" }
        return "\(first.value) at \(Numbers.position(first.index, in: type.shape))"
    }
}
