import Graph

/// Finds the value that an abbreviation means: its whole name, the end of its path, or a part of it.
public struct NameSearch: Sendable {
    private let names: [String]
    private static let mostCandidates = 12

    public init(_ names: some Sequence<String>) {
        var seen: Set<String> = []
        self.names = names.filter { seen.insert($0).inserted }
    }

    /// All names of an entry's values, at any stage.
    public init(_ entry: ExplainedEntry) {
        var names = entry.kernels.tensors.map(\.name) + entry.kernels.kernels.flatMap { $0.body.values.map(\.name) }
        names += entry.program.slices.map(\.name)
        for change in entry.history {
            for representation in [change.before, change.after] {
                if case .graph(let graph) = representation { names += Self.names(graph) }
            }
        }
        self.init(names)
    }

    private static func names(_ graph: Graph) -> [String] {
        var names = graph.values.map(\.name)
        for node in graph.nodes {
            if case .scan(let scan) = node.op { names += Self.names(scan.body) }
        }
        return names
    }

    /// - Throws: `explain.unknown-value`, or `explain.ambiguous-value` with the candidates.
    public func find(_ text: String) throws(Diagnostic) -> String {
        let wanted = text.hasPrefix("%") ? String(text.dropFirst()) : text
        if names.contains(wanted) { return wanted }
        for matches in [names.filter { $0.hasSuffix("/\(wanted)") }, names.filter { $0.contains(wanted) }] where !wanted.isEmpty {
            if matches.count == 1 { return matches[0] }
            guard matches.count < 2 else { throw ambiguous(text, matches) }
        }
        let close = NearestName.suggestions(for: wanted, among: names, atMost: 3).map(NameText.value)
        throw Diagnostic(
            "explain.unknown-value", text, "there is no value of this name in the entry",
            expected: close.isEmpty ? "a value's name, its end or a part of it" : "such as \(close.joined(separator: ", "))")
    }

    private func ambiguous(_ text: String, _ matches: [String]) -> Diagnostic {
        let shown = matches.sorted { ($0.count, $0) < ($1.count, $1) }.prefix(Self.mostCandidates)
        let rest = matches.count > shown.count ? " and \(matches.count - shown.count) more" : ""
        return Diagnostic(
            "explain.ambiguous-value", text, "several values could be meant",
            expected: "one of \(shown.map(NameText.value).joined(separator: ", "))\(rest)")
    }
}
