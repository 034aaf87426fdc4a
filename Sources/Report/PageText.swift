import Foundation
import Graph

/// A self-contained HTML page: a template with styles, scripts and data put in; it loads nothing.
///
/// Data stand in the page as JSON without `<`, and scripts make elements of them, never HTML: names may hold anything.
struct PageText {
    /// What the page says of the plans before any entry is read.
    struct Contents: Encodable {
        var title: String
        var footer: String
        var plans: [Plan]
    }

    struct Plan: Encodable {
        var name: String
        var entries: [Entry]
    }

    struct Entry: Encodable {
        var name: String
        var workspaceBytes: Int
    }

    let contents: Contents
    /// For each plan the entries' data.
    let data: [[EntryData]]
    let scripts: [[UInt8]]

    func html() throws(Diagnostic) -> String {
        var blocks = [Self.block("page", try Self.json(contents))]
        for (plan, entries) in data.enumerated() {
            for (entry, data) in entries.enumerated() { blocks.append(Self.block("entry-\(plan)-\(entry)", try Self.json(data))) }
        }
        let parts = [
            "title": Self.escaped(contents.title), "style": PageTemplate.text(PackageResources.style_css),
            "data": blocks.joined(separator: "\n"), "script": scripts.map(PageTemplate.text).joined(separator: "\n"),
        ]
        return PageTemplate.filled(PackageResources.page_html, parts)
    }

    private static func block(_ id: String, _ json: String) -> String {
        "<script type=\"application/json\" id=\"\(id)\">\(json)</script>"
    }

    private static func json(_ value: some Encodable) throws(Diagnostic) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return PageTemplate.text([UInt8](try encoder.encode(value))).replacingOccurrences(of: "<", with: "\\u003c")
        } catch {
            throw Diagnostic("view.data", "page", "the data cannot be written: \(error)", kind: .compilerBug)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
