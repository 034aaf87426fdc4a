import Foundation

/// A template with marks `{{name}}` that texts are put in for.
enum PageTemplate {
    /// Cut at the template's own marks, so that a mark inside a text stays what it is.
    static func filled(_ template: [UInt8], _ parts: [String: String]) -> String {
        var html = ""
        var rest = text(template)[...]
        while let start = rest.range(of: "{{"), let end = rest.range(of: "}}") {
            html += rest[..<start.lowerBound] + (parts[String(rest[start.upperBound..<end.lowerBound])] ?? "")
            rest = rest[end.upperBound...]
        }
        return html + rest
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
