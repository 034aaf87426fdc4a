import Data
import Foundation
import Graph
import Models
import Passes
import Runtime

/// What is compiled and run again, with which options, and what came of it where the bundle was made.
public struct ReplayDescription: Codable, Hashable, Sendable {
    /// What the plan or source was called, for people.
    public var name: String
    public var options: Options
    /// Of a model: the batch sizes of each kind of entry.
    public var batches: [String: [Int]]?
    /// Of a model: the class weights that the training data gave.
    public var classWeights: [Double]?
    /// The entry that runs: a kind, and a batch where it is not the largest one.
    public var kind: PlanManifest.EntryKind
    public var batch: Int?
    /// Decides missing inputs, parameters and dropped elements.
    public var seed: Int
    public var origin: Origin
    /// What came of compiling and running; nil where that ended the process.
    public var outcome: Outcome?

    /// The options of the compiler that differ from the default.
    public struct Options: Codable, Hashable, Sendable {
        public var unfused: Bool
        public var noReuse: Bool
        public var disabled: [String]
        /// How many percent of the layers are computed again; nil for none.
        public var recomputed: Int?

        public init(_ options: PlanCompiler.Options) {
            unfused = options.unfused
            noReuse = options.noReuse
            disabled = options.disabled.sorted()
            recomputed = options.recomputed > 0 ? options.recomputed : nil
        }

        /// As on the command line.
        public var text: String {
            let all = unchecked.arguments
            return all.isEmpty ? "none" : all.joined(separator: " ")
        }

        private var unchecked: PlanCompiler.Options {
            var options = PlanCompiler.Options()
            (options.unfused, options.noReuse, options.disabled) = (unfused, noReuse, Set(disabled))
            options.recomputed = recomputed ?? 0
            return options
        }

        /// - Throws: `replay.option` where this compiler has no such pass, or where a number is out of range.
        func options(file: String) throws(Diagnostic) -> PlanCompiler.Options {
            if let unknown = disabled.first(where: { !PassRegistry.optionalNames.contains($0) }) {
                throw Diagnostic(
                    "replay.option", file, "this compiler has no such optional pass",
                    expected: PassRegistry.optionalNames.joined(separator: ", "), found: unknown)
            }
            if let recomputed, !(1...100).contains(recomputed) {
                throw Diagnostic(
                    "replay.option", file, "the part of the layers that is computed again is in percent",
                    expected: "a whole number from 1 to 100", found: "\(recomputed)")
            }
            return unchecked
        }
    }

    /// Who made the bundle, and where.
    public struct Origin: Codable, Hashable, Sendable {
        /// A fingerprint of the executable that compiled.
        public var executable: String
        public var compiler: PlanManifest.Compiler
        public var target: TargetMachine
        public var system: String

        public init(_ manifest: PlanManifest) {
            executable = manifest.origin?.executable ?? ""
            compiler = manifest.compiler
            target = manifest.target
            system = ProcessInfo.processInfo.operatingSystemVersionString
        }
    }

    public enum Outcome: Codable, Hashable, Sendable {
        case run(RecordedRun)
        /// Compiling or running ended with this message.
        case failure(id: String, message: String)
    }

    /// - Throws: `replay.description`.
    init(json: String, file: String) throws(Diagnostic) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Foundation.Data(json.utf8))
        } catch {
            throw Self.refusal(file, "what dgc bundle writes", DecodingReason.text(error))
        }
        try check(file)
    }

    /// Sizes that a file gives are checked before anything is made from them.
    private func check(_ file: String) throws(Diagnostic) {
        let range = 1...1 << 20
        for (kind, sizes) in batches ?? [:] {
            guard PlanManifest.EntryKind(rawValue: kind) != nil, kind != PlanManifest.EntryKind.graph.rawValue else {
                throw Self.refusal(file, "batches of infer, loss, grad and train", kind)
            }
            guard !sizes.isEmpty, sizes.allSatisfy(range.contains), sizes == Set(sizes).sorted() else {
                throw Self.refusal(file, "rising batch sizes in \(range)", "\(sizes.prefix(8))")
            }
        }
        guard batch.map(range.contains) ?? true else { throw Self.refusal(file, "a batch in \(range)", "\(batch ?? 0)") }
        guard (0...Int(Int32.max)).contains(seed) else {
            throw Self.refusal(file, "a seed in 0...\(Int32.max)", "\(seed)")
        }
    }

    private static func refusal(_ file: String, _ expected: String, _ found: String) -> Diagnostic {
        Diagnostic("replay.description", file, "the description of the bundle is not sound", expected: expected, found: found)
    }

    init(
        name: String, options: Options, batches: [String: [Int]]?, classWeights: [Double]?, kind: PlanManifest.EntryKind,
        batch: Int?, seed: Int, origin: Origin
    ) {
        self.name = name
        self.options = options
        self.batches = batches
        self.classWeights = classWeights
        self.kind = kind
        self.batch = batch
        self.seed = seed
        self.origin = origin
    }
}
