import Data
import Foundation
import Graph

/// What a run was started with: the file `run.json`.
public struct RunDescription: Sendable, Codable {
    public static let currentFormat = 1

    public var format = RunDescription.currentFormat
    /// As it was typed.
    public var command: [String]
    /// Where it was typed.
    public var directory: String
    public var plan: Plan
    public var data: DataFile
    public var options: Options
    public var machine: Machine
    /// When, in UTC, as in `2026-01-31T12:00:00Z`; nil of runs before this was recorded.
    public var started: String?

    public init(command: [String], plan: Plan, data: DataFile, options: Options, machine: Machine) {
        self.command = command
        directory = FileManager.default.currentDirectoryPath
        self.plan = plan
        self.data = data
        self.options = options
        self.machine = machine
        started = Date.now.ISO8601Format()
    }

    /// The plan: where it is, how it was made, and by what it is known again.
    public struct Plan: Sendable, Codable {
        public var path: String
        public var model: String
        /// Of the plan's files, by file name.
        public var files: [String: String]
        public var compiler: PlanManifest.Compiler
        /// A fingerprint of the dgc that compiled it.
        public var dgc: String?
        public var training: TrainingConfiguration?

        public init(_ bundle: PlanBundle) {
            path = RunDescription.absolute(bundle.path)
            model = bundle.manifest.model
            files = bundle.manifest.files
            compiler = bundle.manifest.compiler
            dgc = bundle.manifest.origin?.executable
            training = bundle.manifest.training
        }
    }

    public struct DataFile: Sendable, Codable {
        public var path: String
        public var fingerprint: FileFingerprint

        public init(path: String) throws(Diagnostic) {
            self.path = RunDescription.absolute(path)
            fingerprint = try FileFingerprint(of: path)
        }
    }

    /// Everything on the command line that changes results or what is recorded.
    public struct Options: Sendable, Codable {
        public var seed: Int
        /// Of several trainings one after the other, each in a folder of its own; `seed` is then the first.
        public var seeds: [Int]?
        public var epochs: Int
        public var shuffle: Bool
        public var selection: String
        public var initial: DataFile?
        public var logSteps: Bool
        public var tensorboard: Bool

        public init(
            seed: Int, seeds: [Int]?, epochs: Int, shuffle: Bool, selection: Trainer.Selection, initial: DataFile?,
            logSteps: Bool, tensorboard: Bool
        ) {
            self.seed = seed
            self.seeds = seeds
            self.epochs = epochs
            self.shuffle = shuffle
            self.selection = selection.rawValue
            self.initial = initial
            self.logSteps = logSteps
            self.tensorboard = tensorboard
        }
    }

    /// What decides bits beside the plan, for people who compare runs.
    public struct Machine: Sendable, Codable {
        public var target: TargetMachine
        /// The kernel set that the BLAS chose.
        public var blas: String
        public var threads: Int

        public init(threads: Int) {
            target = .current()
            blas = KernelLibrary.coreName
            self.threads = threads
        }
    }

    /// A path that stays right in another working directory.
    public static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}

// MARK: The file

extension RunDescription {
    /// - Throws: `train.description`, `train.format`, or `file.unreadable`.
    public init(file path: String) throws(Diagnostic) {
        let text = try TextFile.read(path: path)
        do throws(Diagnostic) {
            _ = try JSONDocument(Array(text.utf8), file: path)
        } catch {
            throw error.inWrittenFile("train.description", path, "the file does not describe a run")
        }
        do {
            self = try JSONDecoder().decode(RunDescription.self, from: Foundation.Data(text.utf8))
        } catch {
            throw Diagnostic("train.description", path, "the file does not describe a run", expected: "what dgrun train wrote")
        }
        guard format == Self.currentFormat else {
            throw Diagnostic(
                "train.format", path, "the run has another format", expected: "\(Self.currentFormat)", found: "\(format)")
        }
    }

    func prepare(for path: String) throws(Diagnostic) -> AtomicFile {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return try AtomicFile.prepare(Array(encoder.encode(self)) + Array("\n".utf8), for: path)
        } catch let diagnostic as Diagnostic {
            throw diagnostic
        } catch {
            throw Diagnostic("train.description", path, "the description cannot be written: \(error)", kind: .compilerBug)
        }
    }
}
