/// The pages of all diagnostics that a command can end with.
///
/// Each target declares the areas of its own; a command puts together those of the targets that it uses.
public struct DiagnosticCatalogue: Sendable {
    public let areas: [DiagnosticArea]

    public init(_ areas: [DiagnosticArea]) {
        self.areas = areas
    }

    public var pages: [DiagnosticPage] { areas.flatMap(\.pages) }

    public func page(_ id: String) -> DiagnosticPage? { pages.first { $0.id == id } }

    /// A declared area, or the rules of one operation.
    public func area(_ name: String) -> DiagnosticArea? {
        if let area = areas.first(where: { $0.name == name }) { return area }
        let rules = pages.filter { $0.area == name }
        return rules.isEmpty ? nil : DiagnosticArea(name, OpDefinition.named(name)?.summary ?? name, rules)
    }

    /// Areas and ids that somebody may have meant: of the same spelling but for few characters, or with the same rule.
    public func suggestions(for topic: String) -> [String] {
        let ids = pages.map(\.id)
        let near = NearestName.suggestions(for: topic, among: areas.map(\.name) + ids, atMost: 3)
        if !near.isEmpty { return near }
        let rule = topic.split(separator: ".").last.map(String.init) ?? topic
        return Array(ids.filter { $0.hasSuffix(".\(rule)") }.prefix(3))
    }
}
