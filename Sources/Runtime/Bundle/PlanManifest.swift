import Graph

/// What a plan bundle says about itself: how it was made, for which processor, and what its entries are.
public struct PlanManifest: Codable, Hashable, Sendable {
    /// The version of the bundle's layout.
    public static let currentFormat = 1

    public var format = PlanManifest.currentFormat
    /// What was compiled, such as `decalign` or a graph's name.
    public var model: String
    public var compiler: Compiler
    public var target: TargetMachine
    /// Fingerprints of the bundle's other files, by file name.
    public var files: [String: String] = [:]
    /// In the order of the kernel library's entries.
    public var entries: [Entry]
    public var parameters: [Parameter]
    /// How to train; nil for a plan of a plain graph.
    public var training: TrainingConfiguration?
    /// The resolved specification as JSON text, for people and for compiling again.
    public var specification: String?
    /// The class weights that the training data gave.
    public var classWeights: [Double]?
    /// What else the plan depends on; with it, equal manifests mean equal plans.
    public var origin: Origin?

    public init(
        model: String, compiler: Compiler, target: TargetMachine, entries: [Entry], parameters: [Parameter],
        training: TrainingConfiguration? = nil, specification: String? = nil, origin: Origin? = nil
    ) {
        self.model = model
        self.compiler = compiler
        self.target = target
        self.entries = entries
        self.parameters = parameters
        self.training = training
        self.specification = specification
        self.origin = origin
    }

    public struct Compiler: Codable, Hashable, Sendable {
        public var path: String
        public var version: String
        public var flags: [String]
        public init(path: String, version: String, flags: [String]) {
            self.path = path
            self.version = version
            self.flags = flags
        }
    }

    /// What a plan depends on beside its specification, sizes, target and C compiler.
    public struct Origin: Codable, Hashable, Sendable {
        /// A fingerprint of the executable that compiled.
        public var executable: String
        /// Size and time of the C compiler's file: another compiler of the same name and version is another one.
        public var compilerFile: String
        /// A fingerprint of the graph's text; nil where there is a specification.
        public var graph: String?
        /// The options that differ from the default, as on the command line.
        public var options: [String]
        public init(executable: String, compilerFile: String, graph: String?, options: [String]) {
            self.executable = executable
            self.compilerFile = compilerFile
            self.graph = graph
            self.options = options
        }
    }

    /// What an entry computes.
    public enum EntryKind: String, Codable, Hashable, Sendable, CaseIterable {
        /// Logits.
        case infer
        /// All losses, dropout off.
        case loss
        /// All losses and the gradient of every parameter.
        case grad
        /// One optimizer step.
        case train
        /// The outputs of a plain graph.
        case graph
    }

    public struct Entry: Codable, Hashable, Sendable {
        /// The program's name.
        public var name: String
        public var kind: EntryKind
        public var batch: Int
        /// How long it should take; nil before compilation, and in plans of older compilers.
        public var prediction: EntryPrediction?
        public init(name: String, kind: EntryKind, batch: Int) {
            self.name = name
            self.kind = kind
            self.batch = batch
        }
    }

    public struct Parameter: Codable, Hashable, Sendable {
        public var name: String
        public var shape: [Int]
        /// Half the width of the uniform distribution that it starts from; nil for a constant start.
        public var uniformBound: Double?
        public var constant: Double?
        public init(name: String, shape: [Int], uniformBound: Double?, constant: Double?) {
            self.name = name
            self.shape = shape
            self.uniformBound = uniformBound
            self.constant = constant
        }
        public var elementCount: Int { shape.reduce(1, *) }
    }

    public func entry(_ kind: EntryKind, batch: Int) -> Int? {
        entries.firstIndex { $0.kind == kind && $0.batch == batch }
    }

    /// The largest batch that an entry of this kind takes.
    public func largestBatch(_ kind: EntryKind) -> Int? {
        entries.filter { $0.kind == kind }.map(\.batch).max()
    }
}
