import Graph

/// The metrics of emotions predicted as logits.
struct EmotionMetrics {
    /// The accuracy and the weighted F1, each under the two names by which it is known.
    let table: MetricTable

    init(logits: [Float], labels: [Float]) throws(Diagnostic) {
        let classCount = logits.count / labels.count
        guard classCount > 0, classCount * labels.count == logits.count else {
            throw Diagnostic(
                "metrics.sizes", "predictions", "every label needs one logit for each class",
                expected: "a multiple of \(labels.count)", found: "\(logits.count)")
        }
        var actual: [Int] = []
        for (index, label) in labels.enumerated() {
            guard let number = Int(exactly: label), (0..<classCount).contains(number) else {
                throw Diagnostic(
                    "metrics.label", "labels", "label \(index) is no class's number",
                    expected: "a whole number in 0..<\(classCount)", found: "\(label)")
            }
            actual.append(number)
        }
        let predicted = labels.indices.map { row in
            EmotionMetrics.largest(logits[(row * classCount)..<((row + 1) * classCount)])
        }
        let agreement = ClassAgreement(predicted: predicted, actual: actual)
        table = MetricTable([
            MetricTable.Entry(name: "WAcc", exact: agreement.accuracy),
            MetricTable.Entry(name: "WAF1", exact: agreement.weightedF1),
            MetricTable.Entry(name: "Acc", exact: agreement.accuracy),
            MetricTable.Entry(name: "F1_score", exact: agreement.weightedF1),
        ])
    }

    /// The first of the largest logits.
    private static func largest(_ row: ArraySlice<Float>) -> Int {
        var best = row.startIndex
        for index in row.indices where row[index] > row[best] { best = index }
        return best - row.startIndex
    }
}
