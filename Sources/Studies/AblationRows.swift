import Graph
import Models

/// The rows of an ablation: the whole model, and the model without one part, or without several (`hete+homo`).
public struct AblationRows: Hashable, Sendable {
    /// The parts that each row leaves out; none for the whole model.
    public let rows: [[ModelSpec.Ablation]]

    public static let whole = "full"

    /// The whole model and every part by itself, as in tables 3 and 4 of arXiv 2503.11892.
    public static let standard = AblationRows(rows: [[]] + ModelSpec.Ablation.allCases.map { [$0] })

    private init(rows: [[ModelSpec.Ablation]]) { self.rows = rows }

    /// - Parameter text: names of rows with commas between.
    /// - Throws: `ablate.row`.
    public init(_ text: String) throws(Diagnostic) {
        var rows: [[ModelSpec.Ablation]] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = try Self.parts(String(name))
            guard !rows.contains(parts) else { throw Self.failure("a row stands twice", String(name)) }
            rows.append(parts)
        }
        self.rows = rows
    }

    private static func parts(_ name: String) throws(Diagnostic) -> [ModelSpec.Ablation] {
        if name == whole { return [] }
        var parts: Set<ModelSpec.Ablation> = []
        for word in name.split(separator: "+", omittingEmptySubsequences: false) {
            guard let part = ModelSpec.Ablation(rawValue: String(word)) else { throw failure("there is no such row", String(word)) }
            guard parts.insert(part).inserted else { throw failure("a part stands twice", name) }
        }
        return ModelSpec.Ablation.allCases.filter(parts.contains)
    }

    private static func failure(_ message: String, _ found: String) -> Diagnostic {
        Diagnostic(
            "ablate.row", "--rows", message,
            expected: ([whole] + ModelSpec.Ablation.allCases.map(\.rawValue)).joined(separator: ", ") + ", or parts with + between",
            found: "\"\(found)\"")
    }

    /// What is trained for a specification, which may leave out parts itself.
    public func variants(of spec: ModelSpec) -> [StudyVariant] {
        rows.map { parts in
            let name = parts.isEmpty ? Self.whole : parts.map(\.rawValue).joined(separator: "+")
            let all = ModelSpec.Ablation.allCases.filter { spec.ablated.contains($0) || parts.contains($0) }
            let list = all.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
            return StudyVariant(
                name: name, title: parts.isEmpty ? "DecAlign" : parts.map { "w/o \($0.title)" }.joined(separator: ", "),
                overrides: parts.isEmpty ? [] : ["ablate=[\(list)]"])
        }
    }

    /// What somebody who compares the rows should know.
    public func notes(for spec: ModelSpec) -> [String] {
        rows.flatMap { parts in
            parts.compactMap { part in
                spec.reasonWithoutEffect(part).map { "without \(part.rawValue) the model trains as with it: \($0)" }
            }
        }
    }
}

extension ModelSpec.Ablation {
    /// As the paper writes it.
    var title: String {
        switch self {
        case .decoupling: "MFD"
        case .heterogeneous: "Hete"
        case .homogeneous: "Homo"
        case .prototypeTransport: "Proto-OT"
        case .contrastive: "CT"
        case .semantic: "Sem"
        case .meanDiscrepancy: "MMD"
        }
    }
}
