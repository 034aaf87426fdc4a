import Data
import Graph

/// What two plans are compared on: the tensors of a file, or seeded random ones.
public struct ComparisonInputs {
    /// Which entry; of a random run also its batch, nil for the largest.
    public var kind: PlanManifest.EntryKind
    public var batch: Int?
    public var seed: Int
    public var tensors: (contents: [String: HostTensor], file: String)?

    public init(
        kind: PlanManifest.EntryKind, batch: Int? = nil, seed: Int, tensors: (contents: [String: HostTensor], file: String)? = nil
    ) {
        self.kind = kind
        self.batch = batch
        self.seed = seed
        self.tensors = tensors
    }

    /// Gives an entry of a plan its inputs.
    ///
    /// - Returns: the entry's number.
    /// - Throws: `compare.entry` and what is wrong with a file's tensors.
    func set(_ bundle: PlanBundle, _ instance: PlanInstance) throws(Diagnostic) -> Int {
        if let tensors {
            let session = RunSession(
                bundle: bundle, runner: EntryRunner(instance), file: tensors.file, seed: seed,
                learningRate: bundle.manifest.training?.learningRate ?? 0)
            return try session.prepare(kind, tensors.contents)
        }
        guard let batch = batch ?? bundle.manifest.largestBatch(kind), let entry = bundle.manifest.entry(kind, batch: batch)
        else {
            throw Diagnostic(
                "compare.entry", bundle.path, "the plan has no such entry",
                expected: bundle.manifest.entries.map(\.name).joined(separator: ", "),
                found: kind.rawValue + (batch.map { ".\($0)" } ?? ""))
        }
        try RandomInputs(bundle: bundle, seed: seed).fill(instance, entry: entry)
        return entry
    }
}
