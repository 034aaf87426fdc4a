import ArgumentParser
import Graph
import Runtime

/// An entry of a model on the command line: a kind such as `train`, or a kind and a batch size such as `train.32`.
struct EntryArgument: ExpressibleByArgument, CustomStringConvertible {
    let kind: PlanManifest.EntryKind
    /// Without it all batch sizes are meant, or the largest.
    let batch: Int?

    private static let kinds: [PlanManifest.EntryKind] = [.infer, .loss, .grad, .train]

    init?(argument: String) {
        let words = argument.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let word = words.first, let kind = PlanManifest.EntryKind(rawValue: String(word)), Self.kinds.contains(kind) else {
            return nil
        }
        self.kind = kind
        batch = words.count > 1 ? Int(words[1]) : nil
        guard words.count == 1 || (batch.map { 1...1 << 20 ~= $0 } ?? false) else { return nil }
    }

    static var allValueStrings: [String] { kinds.map(\.rawValue) }

    var description: String { kind.rawValue + (batch.map { ".\($0)" } ?? "") }

    /// The positions of the plan's entries that are meant, at least one.
    ///
    /// - Throws: `arguments.entry`.
    func positions(in bundle: PlanBundle) throws(Diagnostic) -> [Int] {
        let entries = bundle.manifest.entries
        let positions = entries.indices.filter { entries[$0].kind == kind && (batch == nil || entries[$0].batch == batch) }
        guard !positions.isEmpty else {
            throw Diagnostic(
                "arguments.entry", bundle.path, "the plan has no such entry",
                expected: entries.map(\.name).joined(separator: ", "), found: description)
        }
        return positions
    }
}
