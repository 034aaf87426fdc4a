import Compilation
import Foundation
import Graph
import Runtime

/// Where a plan's value comes from: its line in the plan's text, the pass that touched it last, and what was decided on it.
struct ValueOrigin {
    /// As `PLAN/graph.dg:12: %y = …`; nil for a value that only kernels have.
    private(set) var line: String?
    private(set) var pass: String?
    private(set) var decision: String?

    private static let longestLine = 140

    /// - Parameter name: of a value, or `output NAME`.
    init(of name: String, in bundle: PlanBundle, entry: String) {
        guard let position = bundle.manifest.entries.firstIndex(where: { $0.name == entry }) else { return }
        let value = Self.value(name, bundle.programs[position])
        let file = "\(bundle.path)/graph.dg"
        if let text = try? String(contentsOfFile: file, encoding: .utf8) { line = Self.line(of: value, entry, text, file) }
        // Were the history not to be had, the rest would still be worth showing.
        guard let explained = try? ExplainedEntry(bundle, entry: position, withHistory: true) else { return }
        let life = ValueLife(of: value, in: explained)
        pass = life.events.last { $0.pass != nil }.flatMap { event in event.pass.map { "\(event.kind.rawValue) by \($0)" } }
        // Later passes have the last word.
        decision = life.decisions.last.map { "\($0.outcome): \($0.reason)" + ($0.pass.map { " (\($0))" } ?? "") }
    }

    /// An output is the value whose memory it has.
    private static func value(_ name: String, _ program: Program) -> String {
        let prefix = "output "
        guard name.hasPrefix(prefix), let output = program.outputs.first(where: { $0.name == name.dropFirst(prefix.count) }) else {
            return name
        }
        return program.slices[output.slice].storage
    }

    /// The line of an entry's graph that defines a value.
    private static func line(of value: String, _ entry: String, _ text: String, _ file: String) -> String? {
        var isInEntry = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("graph @") { isInEntry = line.hasPrefix("graph @\(entry) ") || line.hasPrefix("graph @\"\(entry)\" ") }
            guard isInEntry, let equals = line.range(of: " = ") else { continue }
            let results = line[..<equals.lowerBound].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard results.contains("%\(value)") else { continue }
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            let shown = trimmed.count > longestLine ? trimmed.prefix(longestLine) + "…" : trimmed
            return "\(file):\(index + 1): \(shown)"
        }
        return nil
    }
}
