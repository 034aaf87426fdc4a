import Data
import Graph

/// Runs the entries of a model plan on samples of a data set.
public struct BatchRunner {
    public let bundle: PlanBundle
    public let runner: EntryRunner
    private let file: String

    public var instance: PlanInstance { runner.instance }

    /// - Parameter file: the data file, for messages.
    public init(_ bundle: PlanBundle, _ runner: EntryRunner, file: String) {
        self.bundle = bundle
        self.runner = runner
        self.file = file
    }

    /// The entry for a batch of this size.
    ///
    /// - Throws: `plan.batch`, saying which sizes the plan has.
    public func entry(_ kind: PlanManifest.EntryKind, batch: Int) throws(Diagnostic) -> Int {
        if let entry = bundle.manifest.entry(kind, batch: batch) { return entry }
        let sizes = bundle.manifest.entries.filter { $0.kind == kind }.map { "\($0.batch)" }
        throw Diagnostic(
            "plan.batch", bundle.path,
            "the plan has no entry \(kind.rawValue) for \(batch) samples, which \(file) needs; compile with --data \(file)",
            expected: sizes.isEmpty ? "an entry \(kind.rawValue)" : sizes.joined(separator: ", "), found: "\(batch)")
    }

    /// Fails early where a data set does not fit the plan.
    public func check(_ dataset: Dataset) throws(Diagnostic) {
        guard let training = bundle.manifest.training else {
            throw Diagnostic("plan.kind", bundle.path, "the plan holds a plain graph and cannot be trained or evaluated")
        }
        for (position, modality) in FeatureModality.allCases.enumerated() {
            let block = dataset.train[modality]
            let expected = (training.sequenceLengths[position], training.featureWidths[position])
            guard (block.timeSteps, block.featureWidth) == expected else {
                throw Diagnostic(
                    "dataset.shape", "\(file): \(modality.rawValue)", "the features do not fit the plan",
                    expected: "[N, \(expected.0), \(expected.1)]", found: "\(block.shape)")
            }
        }
        if training.isClassification { try dataset.checkClasses(count: outputWidth, file: file) }
    }

    /// How many numbers the model gives per sample.
    public var outputWidth: Int {
        for program in instance.programs {
            guard let output = program.outputs.first(where: { $0.name == "logits" }) else { continue }
            return program.slices[output.slice].type.shape.dimensions.last ?? 1
        }
        return 1
    }

    /// Fills the data inputs of an entry with the samples of a batch.
    public func feed(_ batch: Batch, entry: Int) throws(Diagnostic) {
        for (modality, values) in batch.features {
            try instance.set(modality.rawValue, entry: entry, to: values)
        }
        if instance.type(ofInput: "label", entry: entry) != nil {
            try instance.set("label", entry: entry, to: batch.labels)
        }
    }

    /// Sets the key of the random numbers, where the entry drops elements.
    public func setKey(seed: Int, step: Int, entry: Int) throws(Diagnostic) {
        guard instance.type(ofInput: "key", entry: entry) != nil else { return }
        let key = [Int32(truncatingIfNeeded: seed), Int32(truncatingIfNeeded: step)]
        try instance.set("key", entry: entry, to: key.map(Double.init))
    }
}
