import Graph

/// The reference of all passes and pipelines, written from the registry.
public enum PassReference {
    /// The contents of `docs/passes.md`.
    public static func markdown() -> String {
        introduction + PassRegistry.all.map(row).joined() + options + pipelines
    }

    private static let introduction = """
        # Passes

        Written from the registry in `Sources/Passes/Manager` by the tests, with `DG_RECORD=all swift test`; do not edit.

        A pass is a function from one level of the representation to another or the same. `dgc opt FILE.dg --passes a,b,c`
        runs passes on a text and prints what results; `--pipeline NAME` runs those of a pipeline, or of several with commas
        between them. `dgc compile` and `dgc dump` run the pipelines of the compiler; passes that are optional can be left
        out there with `--disable NAME`.

        | Pass | From | To | Optional | What it does |
        |---|---|---|---|---|

        """

    private static func row(_ entry: PassRegistry.Entry) -> String {
        "| `\(entry.name)` | \(entry.from.rawValue) | \(entry.to.rawValue) | \(entry.isOptional ? "yes" : "") | \(entry.summary) |\n"
    }

    private static var options: String {
        var text = "\n## Options of passes\n\nThey stand behind a pass's name, as in `optimizer:weight-decay=0.01:clip=1`.\n"
        for entry in PassRegistry.all where !entry.options.isEmpty {
            text += "\n`\(entry.name)`\n\n"
            for option in entry.options { text += "- `:\(option.spelling)` \(option.meaning)\n" }
        }
        return text
    }

    private static var pipelines: String {
        var text = "\n## Pipelines\n"
        for pipeline in NamedPipeline.all {
            text += "\n`\(pipeline.name)`, \(pipeline.from.rawValue) to \(pipeline.to.rawValue). \(pipeline.summary)\n\n"
            text += pipeline.passes.map { "\($0.name)" }.joined(separator: ", ") + "\n"
        }
        return text
    }
}
