/// The metrics of predicted sentiment; counts and sums are in f64, comparisons in f32 as the values come.
struct SentimentMetrics {
    var predictions: [Float]
    var labels: [Float]

    var mosi: MetricTable {
        // A label of exactly zero is neither positive nor negative.
        let polar = labels.indices.filter { labels[$0] != 0 }
        let signs = ClassAgreement(
            predicted: polar.map { predictions[$0] > 0 ? 1 : 0 }, actual: polar.map { labels[$0] > 0 ? 1 : 0 })
        return MetricTable([
            MetricTable.Entry(name: "Acc_2", exact: signs.accuracy),
            MetricTable.Entry(name: "F1_score", exact: signs.weightedF1),
            MetricTable.Entry(name: "MAE", exact: meanAbsoluteError),
            MetricTable.Entry(name: "Corr", exact: Correlation.pearson(predictions, labels)),
            MetricTable.Entry(name: "Acc_7", exact: wholeStepAccuracy),
        ])
    }

    var sims: MetricTable {
        let clipped = SentimentMetrics(
            predictions: predictions.map { SentimentMetrics.clip($0, 1) },
            labels: labels.map { SentimentMetrics.clip($0, 1) })
        let signs = clipped.buckets([0])
        return MetricTable([
            MetricTable.Entry(name: "Mult_acc_2", exact: signs.accuracy),
            MetricTable.Entry(name: "Mult_acc_3", exact: clipped.buckets([-0.1, 0.1]).accuracy),
            MetricTable.Entry(name: "Mult_acc_5", exact: clipped.buckets([-0.7, -0.1, 0.1, 0.7]).accuracy),
            MetricTable.Entry(name: "F1_score", exact: signs.weightedF1),
            MetricTable.Entry(name: "MAE", exact: clipped.meanAbsoluteError),
            MetricTable.Entry(name: "Corr", exact: Correlation.pearson(clipped.predictions, clipped.labels)),
        ])
    }

    private var meanAbsoluteError: Double {
        let sum = zip(predictions, labels).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) }
        return sum / Double(labels.count)
    }

    /// The share of predictions that round to the same whole number in −3...3 as the label.
    private var wholeStepAccuracy: Double {
        // As f32: a NaN, which has no whole number, agrees with nothing.
        func step(_ value: Float) -> Float { SentimentMetrics.clip(value, 3).rounded(.toNearestOrEven) }
        let hits = zip(predictions, labels).count { step($0) == step($1) }
        return Double(hits) / Double(labels.count)
    }

    /// Classes by intervals that are open below and closed above.
    private func buckets(_ edges: [Float]) -> ClassAgreement {
        func bucket(_ value: Float) -> Int { edges.count { value > $0 } }
        return ClassAgreement(predicted: predictions.map(bucket), actual: labels.map(bucket))
    }

    private static func clip(_ value: Float, _ bound: Float) -> Float {
        value > bound ? bound : value < -bound ? -bound : value
    }
}
