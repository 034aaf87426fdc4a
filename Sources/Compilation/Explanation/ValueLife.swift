import Graph
import Passes

/// The life of a value through all passes: who made it and rewrote it, where it is computed and where it lives in memory.
public struct ValueLife: Sendable, Encodable {
    public static let version = 1

    public var version = Self.version
    public var entry: String
    public var value: String
    public var events: [Event] = []
    public var placement: KernelPlacement
    public var decisions: [FusionExplanation.Decision]
    public var memory: Memory?
    /// Whether the passes on the graph level are known.
    public var knowsAllPasses: Bool

    public struct Event: Sendable, Encodable {
        public enum Kind: String, Sendable, Encodable {
            case declared, created, rewritten, replaced, removed, placed
        }
        /// Nil for the declared graph.
        public var pass: String?
        public var kind: Kind
        /// The value's name at that time, which replacing changes.
        public var value: String
        public var text: String
    }

    public struct Memory: Sendable, Encodable {
        public var region: String
        public var offset: Int
        public var bytes: Int
        public var firstEpoch: Int
        public var lastEpoch: Int
        public var epochs: Int
        public var storage: String
        /// Steps that write it and read it, by their labels.
        public var writers: [Access]
        public var readers: [Access]
        /// Slices that have the same memory at other times.
        public var sharedWith: [String]
    }

    public struct Access: Sendable, Encodable {
        public var step: String
        public var kernel: String
        public var epoch: Int
    }

    /// - Parameter value: the whole name of a value at any stage.
    public init(of value: String, in entry: ExplainedEntry) {
        self.entry = entry.name
        self.value = value
        knowsAllPasses = entry.knowsGraphPasses && !entry.history.isEmpty
        var trace = Trace(value: value)
        if case .graph(let graph)? = entry.history.first?.before, let found = trace.find(in: graph) {
            trace.events.append(Event(pass: nil, kind: .declared, value: value, text: found))
        }
        for change in entry.history {
            switch (change.before, change.after) {
            case (.graph(let before), .graph(let after)): trace.follow(change.pass, before, after)
            case (.graph, .kernels(let after)): trace.place(change.pass, nil, after)
            case (.kernels(let before), .kernels(let after)): trace.place(change.pass, before, after)
            case (.graph, .program), (.kernels, .graph), (.kernels, .program), (.program, _): break
            }
        }
        events = trace.events
        let current = trace.value
        placement = trace.isGone ? .absent : KernelPlacement(of: current, in: entry.kernels)
        decisions = entry.kernels.decisions.filter { $0.value == current && !trace.isGone }.map(FusionExplanation.Decision.init)
        memory = Self.memory(of: current, entry.program)
    }

    // MARK: Memory

    private static func memory(of value: String, _ program: Program) -> Memory? {
        guard let slice = program.slices.first(where: { $0.name == value }) else { return nil }
        // What reads or writes a view of the value reads or writes the value.
        func accesses(_ slices: (Program.Step) -> [Int]) -> [Access] {
            program.steps.filter { slices($0).contains { program.slices[$0].storage == slice.storage } }
                .map { Access(step: $0.label, kernel: $0.kernel, epoch: $0.epoch) }
        }
        let shared = program.slices.filter {
            $0.region == slice.region && $0.storage != slice.storage && $0.name == $0.storage
                && $0.byteRange.overlaps(slice.byteRange)
        }
        return Memory(
            region: slice.region.rawValue, offset: slice.offset, bytes: slice.type.byteCount, firstEpoch: slice.live.lowerBound,
            lastEpoch: slice.live.upperBound, epochs: program.epochs, storage: slice.storage, writers: accesses(\.writes),
            readers: accesses(\.reads), sharedWith: shared.map(\.name))
    }

    // MARK: Text

    public var text: String {
        var text = "\(NameText.value(value)) in \(entry)\n"
        if !knowsAllPasses {
            text += "  (passes on the graph level are not known here; explain the graph itself)\n"
        }
        for event in events {
            let name = event.value == value ? "" : "\(NameText.value(event.value)) "
            let kind = event.kind == .declared ? "" : "\(event.kind.rawValue): "
            text += "  \(event.pass ?? "declared"): \(kind)\(name)\(event.text)\n"
        }
        text += "kernels: \(placement.text)\n"
        for decision in decisions {
            text += "  \(decision.pass.map { "\($0): " } ?? "")\(decision.outcome): \(decision.reason)\n"
        }
        guard let memory else { return text + "memory: none of its own\n" }
        let storage = NameText.value(memory.storage)
        text += "memory: \(memory.bytes) bytes at \(memory.region) \(memory.offset), "
            + "epochs \(memory.firstEpoch) to \(memory.lastEpoch) of \(memory.epochs), storage \(storage)\n"
        for (word, accesses) in [("written", memory.writers), ("read", memory.readers)] {
            for access in accesses {
                text += "  \(word) in epoch \(access.epoch) by step \(NameText.value(access.step)) (\(access.kernel))\n"
            }
        }
        if !memory.sharedWith.isEmpty {
            let most = 6
            let names = memory.sharedWith.prefix(most).map(NameText.value).joined(separator: ", ")
            let rest = memory.sharedWith.count > most ? " and \(memory.sharedWith.count - most) more" : ""
            text += "  the same memory at other times: \(names)\(rest)\n"
        }
        return text
    }
}
