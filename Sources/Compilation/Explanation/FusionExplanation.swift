import Graph
import Passes

/// Why two values are, or are not, computed in one kernel.
public struct FusionExplanation: Sendable, Encodable {
    public static let version = 1

    public var version = Self.version
    public var entry: String
    public var values: [Side]
    /// The kernels that compute both.
    public var common: [String]
    /// How one value leads to the other, from the earlier one to the later one; empty where neither is computed from the other.
    public var path: [String]
    /// What on the path is written to memory between kernels, and why.
    public var cuts: [Decision]

    public struct Side: Sendable, Encodable {
        public var value: String
        public var placement: KernelPlacement
        /// The decisions about the value and about the kernels that it is in, in the order of the passes.
        public var decisions: [Decision]
    }

    public struct Decision: Sendable, Encodable {
        public var value: String
        public var outcome: String
        public var reason: String
        public var pass: String?
        /// What would change it.
        public var unless: String?
    }

    /// - Parameters:
    ///   - first: the whole name of a value.
    ///   - second: the whole name of another one.
    public init(_ first: String, _ second: String, in entry: ExplainedEntry) {
        self.entry = entry.name
        values = [first, second].map { Self.side($0, entry.kernels) }
        let names = Set(values[1].placement.kernels.map(\.name))
        common = values[0].placement.kernels.map(\.name).filter(names.contains)
        let flow = ValueFlow(entry.kernels)
        path = flow.path(from: first, to: second) ?? flow.path(from: second, to: first) ?? []
        let between = common.isEmpty ? path.dropLast() : []
        let stored = between.filter { KernelPlacement(of: $0, in: entry.kernels).storage == .memory }
        cuts = stored.flatMap { value in
            entry.kernels.decisions.filter { $0.value == value && $0.outcome == .materialized }.map(Decision.init)
        }
    }

    private static func side(_ value: String, _ kernels: KernelGraph) -> Side {
        let placement = KernelPlacement(of: value, in: kernels)
        // Passes that join kernels speak of the kernel that the value was in before.
        let subjects = Set([value] + placement.kernels.map(\.name))
        let decisions = kernels.decisions.filter { subjects.contains($0.value) }.map(Decision.init)
        return Side(value: value, placement: placement, decisions: decisions)
    }

    // MARK: Text

    public var text: String {
        let names = values.map { NameText.value($0.value) }
        var told: Set<String> = []
        var text = "\(names[0]) and \(names[1]) are in "
        text += common.isEmpty ? "no common kernel\n" : "one kernel: \(common.map(NameText.value).joined(separator: ", "))\n"
        if path.isEmpty {
            text += "neither is computed from the other; only loops over the same elements and kernels of the same tiles are "
                + "joined\n"
        } else {
            text += "path: \(path.map(NameText.value).joined(separator: " → "))\n"
        }
        if !cuts.isEmpty { text += "between their kernels, in memory:\n" }
        for cut in cuts { text += self.text(cut, subject: NameText.value(cut.value) + " ", &told) }
        for side in values {
            text += "\n\(NameText.value(side.value)): \(side.placement.text)\n"
            if side.decisions.isEmpty { text += "  no pass decided about it\n" }
            for decision in side.decisions {
                let subject = decision.value == side.value ? "" : "kernel \(NameText.value(decision.value)) "
                text += self.text(decision, subject: subject, &told)
            }
        }
        return text
    }

    /// Advice is given once, and only to those who do not have what they ask for.
    private func text(_ decision: Decision, subject: String, _ told: inout Set<String>) -> String {
        let pass = decision.pass.map { "\($0): " } ?? ""
        let text = "  \(pass)\(subject)\(decision.outcome): \(decision.reason)\n"
        guard let unless = decision.unless, common.isEmpty, told.insert(unless).inserted else { return text }
        return text + "    to change it: \(unless)\n"
    }
}

extension FusionExplanation.Decision {
    init(_ decision: FusionDecision) {
        self.init(
            value: decision.value, outcome: decision.outcome.rawValue, reason: decision.reason, pass: decision.pass,
            unless: FusionAdvice.text(for: decision))
    }
}
