/// The reference of all operations, written from the table of definitions.
public enum OpReference {
    /// The contents of `docs/ops.md`.
    public static func markdown() -> String {
        let definitions = OpDefinition.all
        let elementwise = definitions.filter { isElementwise($0.kind) }
        let others = definitions.filter { !isElementwise($0.kind) }
        return introduction + elementwiseSection(elementwise) + others.map(section).joined()
    }

    private static let introduction = """
        # Operations

        Written from the table in `Sources/Graph/Ops` by the tests, with `DG_RECORD=all swift test`; do not edit.

        An instruction of a graph reads `%result = operation %operand, ... {attribute=value, ...} : type`. All attributes
        and all result types are written. Shapes never adapt to each other: what repeats is a `broadcast`.
        Each operation lists the ids of the messages for its broken rules; `type.*` are the rules that all types obey: at
        most 16 axes, no negative extent, at most 2^40 elements.

        Memory: a *fresh* result has memory of its own; a *view* is its operand's memory under another shape; the result
        of an operation that *may reuse* takes the memory of an operand that is not needed any more, if that fits.


        """

    private static func isElementwise(_ kind: OpKind) -> Bool {
        kind == .unary || kind == .binary
    }

    private static func elementwiseSection(_ definitions: [OpDefinition]) -> String {
        var text = """
            ## Elementwise operations

            One element of the result needs one element of each operand, at the same place. Operands have one type, and
            the result has it too. Memory: \(spell(.mayReuse)).

            | Operation | Result | Rules |
            |---|---|---|

            """
        for definition in definitions {
            let call = "`\(definition.spelling) \(definition.operands.map { "%\($0)" }.joined(separator: ", "))`"
            let summary = definition.summary.split(separator: "|", omittingEmptySubsequences: false)
                .joined(separator: "\\|")
            text += "| \(call) | \(summary) | \(spell(definition.rules)) |\n"
        }
        return text
    }

    private static func section(_ definition: OpDefinition) -> String {
        var text = "\n## \(definition.spelling)\n\n\(definition.summary).\n\n"
        if !definition.operands.isEmpty {
            text += "- Operands: \(spell(definition.operands))\n"
        }
        for attribute in definition.attributes {
            text += "- Attribute `\(attribute.name)`: \(attribute.meaning)\n"
        }
        text += "- Result: \(definition.result)\n"
        text += "- Memory: \(spell(definition.aliasClass))\n"
        text += "- Rules: \(spell(definition.rules))\n"
        return text + "\n```\n\(definition.sample)```\n"
    }

    private static func spell(_ names: [String]) -> String {
        names.map { "`\($0)`" }.joined(separator: ", ")
    }

    private static func spell(_ aliasClass: AliasClass) -> String {
        switch aliasClass {
        case .fresh: "fresh"
        case .view(let operand): "view of operand \(operand)"
        case .mayReuse: "may reuse"
        }
    }
}
