import Data
import Foundation
import Graph
import Runtime

/// What a study was started with: the file `study.json`.
public struct StudyDescription: Sendable, Codable {
    public enum Kind: String, Sendable, Codable {
        case ablation, sweep

        /// The subcommand that makes such a study.
        public var command: String {
            switch self {
            case .ablation: "ablate"
            case .sweep: "sweep"
            }
        }
    }

    public static let currentFormat = 1

    public var format = StudyDescription.currentFormat
    public var kind: Kind
    /// The specification's name as it was typed.
    public var source: String
    public var data: RunDescription.DataFile
    public var seeds: [Int]
    /// Nil: as the specification says.
    public var epochs: Int?
    public var selection: String
    /// Of a sweep.
    public var axes: [StudyGrid.Axis]
    public var variants: [StudyVariant]
    /// The metrics that are reported, in their order.
    public var metrics: [Metric]

    public struct Metric: Hashable, Sendable, Codable {
        public var name: String
        public var goal: Goal

        public init(name: String, goal: Goal) {
            self.name = name
            self.goal = goal
        }
    }

    public enum Goal: String, Hashable, Sendable, Codable {
        case min, max
    }

    public init(
        kind: Kind, source: String, data: RunDescription.DataFile, seeds: [Int], epochs: Int?, selection: Trainer.Selection,
        axes: [StudyGrid.Axis] = [], variants: [StudyVariant], metrics: [Metric]
    ) {
        self.kind = kind
        self.source = source
        self.data = data
        self.seeds = seeds
        self.epochs = epochs
        self.selection = selection.rawValue
        self.axes = axes
        self.variants = variants
        self.metrics = metrics
    }

    /// - Throws: `study.description`, or `file.unreadable`.
    init(file path: String) throws(Diagnostic) {
        let text = try TextFile.read(path: path)
        guard let read = try? JSONDecoder().decode(StudyDescription.self, from: Foundation.Data(text.utf8)),
            read.format == Self.currentFormat
        else {
            throw Diagnostic(
                "study.description", path, "the file does not describe a study",
                expected: "what dgrun ablate or dgrun sweep wrote, in format \(Self.currentFormat)")
        }
        self = read
    }

    func write(to path: String) throws(Diagnostic) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(self) else {
            throw Diagnostic("study.writing", path, "the study's description cannot be written as JSON", kind: .compilerBug)
        }
        try AtomicFile.write(Array(bytes) + [0x0a], to: path)
    }

    /// What is not as in another study, by the name of the option; nil where all is the same.
    func difference(from older: StudyDescription) -> (name: String, expected: String, found: String)? {
        let texts: [(String, (StudyDescription) -> String)] = [
            ("the command", \.kind.command), ("--seeds", { "\($0.seeds)" }), ("--epochs", { $0.epochs.map(String.init) ?? "none" }),
            ("--select", \.selection), ("the data", { "\($0.data.fingerprint)" }),
            ("the rows", { $0.variants.map(\.title).joined(separator: "; ") }),
        ]
        for (name, text) in texts where text(self) != text(older) { return (name, text(older), text(self)) }
        return nil
    }
}
