import Data
import Graph

/// What a model with fixed weights does on one part of a data set.
public struct Evaluation: Sendable {
    /// The task loss averaged over batches.
    public var loss: Double
    public var metrics: MetricTable
    /// Logits of all samples in file order.
    public var predictions: [Float]
    public var sampleCount: Int

    /// Runs the plan's `loss` entries over a split in file order, the last partial batch included.
    public static func run(_ runner: BatchRunner, _ split: Split) throws(Diagnostic) -> Evaluation {
        guard let training = runner.bundle.manifest.training else {
            throw Diagnostic("plan.kind", runner.bundle.path, "the plan holds a plain graph and cannot be evaluated")
        }
        let order = try BatchOrder(sampleCount: split.sampleCount, batchSize: training.batchSize, order: .file)
        var predictions: [Float] = []
        var losses: [Double] = []
        let batches = BatchPrefetch(split, order.batches(epoch: 0))
        while let batch = batches.next() {
            let entry = try runner.entry(.loss, batch: batch.sampleCount)
            try runner.runner.run(entry: entry) { () throws(Diagnostic) in try runner.feed(batch, entry: entry) }
            predictions += try runner.instance.floatOutput("logits", entry: entry)
            losses += try runner.instance.output("loss.task", entry: entry)
        }
        let metrics = try training.metricFamily.evaluate(predictions: predictions, labels: split.labels)
        return Evaluation(
            loss: losses.reduce(0, +) / Double(losses.count), metrics: metrics, predictions: predictions,
            sampleCount: split.sampleCount)
    }

    /// The number that epochs are compared by: metrics rounded to four decimals, the loss as it is.
    public func value(of metric: String) throws(Diagnostic) -> Double {
        if metric == "Loss" { return loss }
        guard let value = metrics[metric] else {
            throw Diagnostic(
                "metrics.name", metric, "the data set has no such metric",
                expected: (["Loss"] + metrics.entries.map(\.name)).joined(separator: ", "))
        }
        return value
    }
}
