import Graph

/// What makes up the workspace's peak, and what would lower it at what cost.
public struct PeakExplanation: Sendable, Encodable {
    public static let version = 1

    public var version = Self.version
    public var entry: String
    public var workspaceBytes: Int
    public var lowerBoundBytes: Int
    public var epoch: Int
    public var epochs: Int
    /// The largest first.
    public var scopes: [Scope]
    /// The ones that lower it most first.
    public var remedies: [Remedy]

    /// Values that come from one part of the source.
    public struct Scope: Sendable, Encodable {
        public var name: String
        public var bytes: Int
        public var values: [Value]
    }

    public struct Value: Sendable, Encodable {
        public var name: String
        public var bytes: Int
        public var firstEpoch: Int
        public var lastEpoch: Int
        /// Whether the epoch of the peak neither writes nor reads it.
        public var waits: Bool
        /// The first step that needs it after the peak.
        public var nextReader: String?
    }

    public struct Remedy: Sendable, Encodable {
        public enum Kind: String, Sendable, Encodable {
            /// Compute a waiting value again for its later readers.
            case recompute
            /// Compute it for the first time only when it is needed.
            case delay
            /// Place the same values with fewer gaps.
            case packing
        }
        public var kind: Kind
        public var value: String?
        /// The peak that would be left, from the values' lives.
        public var peakBytes: Int
        public var savedBytes: Int
        /// The time that it would cost one thread, by the cost model; nil where that is not known.
        public var seconds: Double?
    }

    /// How many components of a name make its scope.
    private static let depth = 2
    private static let mostRemedies = 8

    public init(_ entry: ExplainedEntry) {
        let program = entry.program
        let holdings = WorkspaceHoldings(program)
        let peak = holdings.peak()
        self.entry = entry.name
        (workspaceBytes, lowerBoundBytes, epochs) = (program.workspaceBytes, program.lowerBoundBytes, program.epochs)
        epoch = peak.epoch
        let accesses = StorageAccesses(program)
        let live = holdings.holdings.filter { $0.live.contains(peak.epoch) }
        let values = live.map { holding in
            let readers = accesses.readers(of: holding.names).filter { $0.epoch > peak.epoch }
            return Value(
                name: holding.names.last ?? "", bytes: holding.bytes, firstEpoch: holding.live.lowerBound,
                lastEpoch: holding.live.upperBound, waits: !accesses.epochs(of: holding.names).contains(peak.epoch),
                nextReader: readers.first?.label)
        }
        scopes = Dictionary(grouping: values) { Self.scope($0.name) }.map { name, values in
            Scope(
                name: name, bytes: values.reduce(0) { $0 + $1.bytes },
                values: values.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) })
        }.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
        remedies = Self.remedies(entry, holdings, accesses, peak)
    }

    /// The first components of a path; gradients belong to what they are gradients of.
    private static func scope(_ name: String) -> String {
        let parts = name.split(separator: "/").map(String.init)
        let depth = parts.first == "grad" ? depth + 1 : depth
        let scope = parts.dropLast().prefix(depth).joined(separator: "/")
        return scope.isEmpty ? name : scope
    }

    // MARK: Remedies

    private static func remedies(
        _ entry: ExplainedEntry, _ holdings: WorkspaceHoldings, _ accesses: StorageAccesses, _ peak: (epoch: Int, bytes: Int)
    ) -> [Remedy] {
        var remedies: [Remedy] = []
        for (index, holding) in holdings.holdings.enumerated()
        where holding.live.contains(peak.epoch) && holding.names.count == 1 {
            let name = holding.names[0]
            let touched = accesses.epochs(of: [name]).sorted()
            guard !touched.contains(peak.epoch), let writer = accesses.writer(of: name),
                let next = touched.first(where: { $0 > peak.epoch }), next > writer.epoch
            else { continue }
            let early = touched.filter { $0 < peak.epoch && $0 > writer.epoch }
            var lives = [index: [next - 1...holding.live.upperBound]]
            if let last = early.last { lives[index]?.append(holding.live.lowerBound...last) }
            // What it is computed from has to be there again.
            var isPossible = true
            for operand in accesses.operands(of: writer) {
                guard let source = holdings.index(of: operand) else { continue }
                let live = holdings.holdings[source].live
                if holdings.holdings[source].names.last != operand { isPossible = false }
                if live.upperBound < next - 1 { lives[source] = [live.lowerBound...next - 1] }
            }
            let after = holdings.peak(lives).bytes
            guard isPossible, after < peak.bytes else { continue }
            let isDelay = early.isEmpty && writer.writes.count == 1
            remedies.append(
                Remedy(
                    kind: isDelay ? .delay : .recompute, value: name, peakBytes: after, savedBytes: peak.bytes - after,
                    seconds: isDelay ? 0 : entry.seconds[writer.kernel]))
        }
        let gaps = entry.program.workspaceBytes - entry.program.lowerBoundBytes
        if gaps > 0 {
            remedies.append(
                Remedy(kind: .packing, value: nil, peakBytes: entry.program.lowerBoundBytes, savedBytes: gaps, seconds: 0))
        }
        return Array(remedies.sorted { ($1.savedBytes, $0.value ?? "") < ($0.savedBytes, $1.value ?? "") }.prefix(mostRemedies))
    }

    // MARK: Text

    public var text: String {
        var text = "workspace of \(entry): \(workspaceBytes) bytes, lower bound \(lowerBoundBytes); "
            + "peak in epoch \(epoch) of \(epochs)\n"
        for scope in scopes {
            text += "\n\(Self.padded(scope.bytes)) \(Self.share(scope.bytes, lowerBoundBytes)) \(scope.name)\n"
            let most = 8
            for value in scope.values.prefix(most) { text += "\(Self.padded(value.bytes))          \(self.text(value))\n" }
            let rest = scope.values.dropFirst(most)
            if !rest.isEmpty { text += "\(Self.padded(rest.reduce(0) { $0 + $1.bytes }))          \(rest.count) smaller ones\n" }
        }
        text += "\nwhat would lower it, each by itself, by the lives of the values:\n"
        if remedies.isEmpty {
            text += "  no single value: all that is held is used in this epoch, or computing it later holds as much\n"
        }
        for remedy in remedies { text += "  - \(remedy.savedBytes) bytes: \(self.text(remedy))\n" }
        return text + "  a smaller batch: what is held for every sample shrinks with it\n"
    }

    private func text(_ value: Value) -> String {
        let wait = value.waits ? ", waits" + (value.nextReader.map { " for \(NameText.value($0))" } ?? "") : ", used now"
        return "\(NameText.value(value.name))  epochs \(value.firstEpoch)..\(value.lastEpoch)\(wait)"
    }

    private func text(_ remedy: Remedy) -> String {
        let value = NameText.value(remedy.value ?? "")
        switch remedy.kind {
        case .delay: return "compute \(value) only where it is first read; no more work"
        case .recompute:
            let cost = remedy.seconds.map { "\(($0 * 1e8).rounded() / 100) µs of one thread" } ?? "one more run of its kernel"
            return "compute \(value) again for its readers after the peak; \(cost)"
        case .packing: return "pack without gaps; no more work, but the planner found no such packing"
        }
    }

    private static func padded(_ bytes: Int) -> String {
        let text = String(bytes)
        return String(repeating: " ", count: max(0, 11 - text.count)) + text
    }

    private static func share(_ bytes: Int, _ whole: Int) -> String {
        let text = "\((Double(bytes) / Double(max(whole, 1)) * 1000).rounded() / 10) %"
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}
