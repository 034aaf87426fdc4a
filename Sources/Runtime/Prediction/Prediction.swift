import Data
import Graph

/// What a model with fixed weights says of samples, and how long that took.
public struct Prediction: Sendable {
    public var ids: [String]
    /// Nil where the samples came without labels.
    public var labels: [Float]?
    /// Rows of logits: a class's each, or a single number.
    public var logits: [Float]
    /// How many logits a sample has.
    public var width: Int
    public var isClassification: Bool

    /// Runs the plan's `infer` entries over a split in file order.
    ///
    /// A batch that is smaller than all entries is filled up with copies of its last sample, whose rows are dropped. No
    /// row depends on another, so a prediction is that of the sample alone.
    public static func run(_ runner: BatchRunner, _ split: Split, hasLabels: Bool = true) throws(Diagnostic) -> Prediction {
        var prediction = Prediction(
            ids: split.ids, labels: hasLabels ? split.labels : nil, logits: [], width: runner.outputWidth,
            isClassification: runner.bundle.manifest.training?.isClassification == true)
        for part in try parts(of: split.sampleCount, runner.bundle) { prediction.logits += try run(runner, split, part) }
        return prediction
    }

    /// Runs batches again and again and measures each, with the copying of its features.
    ///
    /// - Parameter count: how many batches at least, after some that are not counted.
    public static func latency(_ runner: BatchRunner, _ split: Split, count: Int) throws(Diagnostic) -> Latency {
        let clock = ContinuousClock()
        let parts = try parts(of: split.sampleCount, runner.bundle)
        let warmUp = 3
        var latency = Latency()
        for index in 0..<(warmUp + max(count, parts.count)) {
            let part = parts[index % parts.count]
            let start = clock.now
            _ = try run(runner, split, part)
            if index >= warmUp { latency.append(seconds: Trainer.seconds(clock.now - start), samples: part.samples.count) }
        }
        return latency
    }

    private static func run(_ runner: BatchRunner, _ split: Split, _ part: Part) throws(Diagnostic) -> [Float] {
        let padding = [Int](repeating: part.samples.upperBound - 1, count: part.entryBatch - part.samples.count)
        let entry = try runner.entry(.infer, batch: part.entryBatch)
        try runner.runner.run(entry: entry) { () throws(Diagnostic) in
            try runner.feed(Batch(split, Array(part.samples) + padding), entry: entry)
        }
        let logits = try runner.instance.floatOutput("logits", entry: entry)
        return Array(logits.prefix(logits.count / part.entryBatch * part.samples.count))
    }

    /// Samples that one entry takes together.
    private struct Part {
        var samples: Range<Int>
        var entryBatch: Int
    }

    /// The largest entry as long as it is full, then the smallest that takes the rest.
    private static func parts(of count: Int, _ bundle: PlanBundle) throws(Diagnostic) -> [Part] {
        let sizes = bundle.manifest.entries.filter { $0.kind == .infer }.map(\.batch).sorted()
        guard let largest = sizes.last, largest > 0 else {
            throw Diagnostic("plan.batch", bundle.path, "the plan has no entry infer", expected: "an entry infer")
        }
        var parts: [Part] = []
        while let start = Optional(parts.last?.samples.upperBound ?? 0), start < count {
            let size = min(largest, count - start)
            parts.append(Part(samples: start..<(start + size), entryBatch: sizes.first { $0 >= size } ?? largest))
        }
        return parts
    }

    // MARK: Results

    /// Of each sample: the number that was predicted, or the first of the classes with the largest logit.
    public var predictions: [Float] {
        guard isClassification else { return logits }
        return stride(from: 0, to: logits.count, by: width).map { start in
            let row = logits[start..<(start + width)]
            return Float((row.firstIndex(of: row.max() ?? 0) ?? start) - start)
        }
    }
}
