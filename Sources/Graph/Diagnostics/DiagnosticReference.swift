/// The pages as text for a terminal, and as the reference in `docs`.
public enum DiagnosticReference {
    /// One page.
    public static func text(_ page: DiagnosticPage) -> String {
        var text = "\(page.id)\n\n\(page.meaning)\n\nWhen:\n\(indented(page.cause))\n\nWhat to do:\n\(indented(page.remedy))\n"
        if let example = page.example { text += "\nExample:\n\(block(example))\n" }
        if let sample = page.sample { text += "\nAs it should be:\n\(block(sample))\n" }
        return text
    }

    /// The ids of an area with their meanings.
    public static func text(_ area: DiagnosticArea) -> String {
        let width = area.pages.map(\.id.count).max() ?? 0
        let lines = area.pages.map { "  \(padded($0.id, width))  \($0.meaning)\n" }
        return "\(area.name): \(area.title)\n\n" + lines.joined()
    }

    /// The areas with their titles and numbers of pages.
    public static func text(_ catalogue: DiagnosticCatalogue) -> String {
        let width = catalogue.areas.map(\.name.count).max() ?? 0
        return catalogue.areas.map { "  \(padded($0.name, width))  \($0.title)\n" }.joined()
    }

    /// All pages, for `docs/diagnostics.md`.
    public static func markdown(_ catalogue: DiagnosticCatalogue) -> String {
        var text = """
            # Diagnostics

            Written from the pages beside the code by the tests, with `DG_RECORD=all swift test`; do not edit.

            Every message names its id in brackets. `dgc help ID` shows its page, `dgc help AREA` the ids of an area, and
            `dgc help --list` all areas. A message begins with `error` (something that was given is wrong, exit code 2),
            `not supported` (exit code 2) or `compiler bug` (exit code 3).


            """
        for area in catalogue.areas { text += "- [`\(area.name)`](#\(area.name)): \(area.title)\n" }
        for area in catalogue.areas { text += "\n" + markdown(area) }
        return text
    }

    private static func markdown(_ area: DiagnosticArea) -> String {
        var text = "## \(area.name)\n\n\(area.title.prefix(1).uppercased() + area.title.dropFirst()).\n"
        // Pages that come with a sample are written from a table, and read best as one.
        if area.pages.allSatisfy({ $0.sample != nil }) {
            text += "\n| id | meaning | what to do |\n|---|---|---|\n"
            return text + area.pages.map { "| `\($0.id)` | \($0.meaning) | \($0.remedy) |\n" }.joined()
        }
        for page in area.pages {
            text += "\n### \(page.id)\n\n\(page.meaning)\n\n- When: \(page.cause)\n- What to do: \(page.remedy)\n"
            if let example = page.example { text += "\n```\n\(example)\n```\n" }
        }
        return text
    }

    // MARK: Layout

    private static let lineWidth = 100

    private static func padded(_ name: String, _ width: Int) -> String {
        name + String(repeating: " ", count: max(0, width - name.count))
    }

    private static func block(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
    }

    /// Lines of words, two spaces to the right.
    private static func indented(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < lineWidth {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append("  \(word)")
            }
        }
        return lines.joined(separator: "\n")
    }
}
