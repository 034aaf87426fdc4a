import Data
import Report
import Testing

@Suite struct ConfusionTests {
    @Test(arguments: [
        (Float(0.5), 3), (1.5, 5), (-2.5, 1), (-3.4, 0), (9, 6), (-9, 0), (0.51, 4), (-0.49, 3), (.infinity, 6),
    ]) func `sentiment is rounded to whole steps, ties to even`(_ label: Float, _ index: Int) {
        #expect(ClassScheme.sevenSteps.index(label: label) == index)
    }

    @Test(arguments: [
        (Float(-1), 0), (-0.7, 0), (-0.69, 1), (-0.1, 1), (0, 2), (0.1, 2), (0.11, 3), (0.7, 3), (0.71, 4), (5, 4),
    ]) func `intervals are closed above`(_ label: Float, _ index: Int) {
        #expect(ClassScheme.fiveIntervals.index(label: label) == index)
    }

    @Test func `what is no class has none`() {
        #expect(ClassScheme.sevenSteps.index(label: .nan) == nil && ClassScheme.fiveIntervals.index(label: .nan) == nil)
        for label: Float in [-1, 3, 0.5, .nan, 1e30] { #expect(ClassScheme.numbered(count: 3).index(label: label) == nil) }
        #expect(ClassScheme.numbered(count: 3).index(logits: [.nan, .nan, .nan]) == nil)
        #expect(ClassScheme.numbered(count: 3).index(logits: [1, 4, 4][...]) == 1)
    }

    @Test func `schemes are those of the metrics`() {
        #expect(ClassScheme(.mosi, logitCount: 1).names.count == 7)
        #expect(ClassScheme(.sims, logitCount: 1).names.count == 5)
        #expect(ClassScheme(.iemocap, logitCount: 6).names == ["0", "1", "2", "3", "4", "5"])
    }

    @Test func `classes are counted`() {
        let counts = ConfusionCounts(
            .numbered(count: 3), logits: [2, 1, 0, 0, 5, 1, 7, 8, 1, .nan, .nan, .nan], labels: [0, 1, 0, 2])
        #expect(counts.counts == [[1, 1, 0], [0, 1, 0], [0, 0, 0]])
        #expect(counts.unpredicted == 1 && counts.support == [2, 1, 0])
        #expect(counts.accuracies == [0.5, 1, nil])
        #expect(counts.shares[0] == [0.5, 0.5, 0] && counts.shares[2] == [nil, nil, nil])
        let sum = ConfusionCounts.sum([counts, counts])
        #expect(sum?.counts == [[2, 2, 0], [0, 2, 0], [0, 0, 0]] && sum?.unpredicted == 2)
        #expect(ConfusionCounts.sum([]) == nil)
    }

    /// The share on the diagonal is the metric that papers report.
    @Test func `the diagonal is Acc_7`() throws {
        let labels: [Float] = [-3, -1.2, 0, 0.4, 1.5, 2.5, 3, -0.5]
        let predictions: [Float] = [-2.6, -1, 0.6, 0.5, 2.2, 2.4, 7, 0.2]
        let counts = ConfusionCounts(.sevenSteps, logits: predictions, labels: labels)
        let hits = counts.counts.indices.reduce(0) { $0 + counts.counts[$1][$1] }
        let metrics = try MetricFamily.mosi.evaluate(predictions: predictions, labels: labels)
        #expect(metrics["Acc_7"] == Double(hits) / 8)
    }
}
