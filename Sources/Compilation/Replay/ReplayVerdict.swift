import Runtime

/// How what came of replaying agrees with what the bundle recorded.
public struct ReplayVerdict: Hashable, Sendable {
    public var isSame: Bool
    /// A line each.
    public var lines: [String]

    /// Other processors and libraries round otherwise; this much is no difference.
    public static let tolerance = 1e-4

    public init(recorded: ReplayDescription.Outcome?, found: ReplayDescription.Outcome) {
        switch (recorded, found) {
        case (nil, .run(let run)):
            self.init(isSame: false, lines: ["run: nothing is recorded, the process ended; now \(run.entry) runs"])
        case (nil, .failure(_, let message)):
            self.init(isSame: false, lines: ["run: nothing is recorded, the process ended; now: \(message)"])
        case (.run(let run), .failure(_, let message)):
            self.init(isSame: false, lines: ["run: \(run.entry) ran; now: \(message)"])
        case (.failure(_, let message), .run(let run)):
            self.init(isSame: false, lines: ["run: \(message)", "now: \(run.entry) runs"])
        case (.failure(let id, let message), .failure(let otherID, let otherMessage)):
            self.init(
                isSame: id == otherID,
                lines: id == otherID ? ["run: ends with the same error: \(message)"] : ["run: \(message)", "now: \(otherMessage)"])
        case (.run(let run), .run(let other)):
            self.init(run, other)
        }
    }

    private init(isSame: Bool, lines: [String]) {
        self.isSame = isSame
        self.lines = lines
    }

    private init(_ run: RecordedRun, _ other: RecordedRun) {
        let others = Dictionary(other.outputs.map { ($0.name, $0) }) { first, _ in first }
        var (same, rounded) = (0, 0)
        var largest = 0.0
        var differences: [String] = []
        for output in run.outputs {
            guard let found = others[output.name] else {
                differences.append("  \(output.name): there is no such output now")
                continue
            }
            switch output.agreement(with: found, tolerance: Self.tolerance) {
            case .sameBits: same += 1
            case .rounding(let distance):
                rounded += 1
                largest = max(largest, distance)
            case .different(let text): differences.append("  \(output.name): \(text)")
            }
        }
        let known = Set(run.outputs.map(\.name))
        differences += other.outputs.filter { !known.contains($0.name) }.map { "  \($0.name): a new output" }
        var summary = "run: \(run.entry), outputs: \(same) of \(run.outputs.count) have the same bits"
        if rounded > 0 { summary += ", \(rounded) differ by rounding (at most \(largest) of the largest element)" }
        if !differences.isEmpty { summary += ", \(differences.count) differ" }
        self.init(isSame: differences.isEmpty, lines: [summary] + differences)
    }
}
