/// How often samples of each class were taken for each class.
package struct ConfusionCounts: Sendable, Hashable {
    package let scheme: ClassScheme
    /// By actual class, then predicted class.
    package private(set) var counts: [[Int]]
    /// Samples without a prediction, such as NaN.
    package private(set) var unpredicted = 0

    /// - Parameters:
    ///   - logits: rows of equal length, one for each label.
    package init(_ scheme: ClassScheme, logits: [Float], labels: [Float]) {
        self.scheme = scheme
        let size = scheme.names.count
        counts = [[Int]](repeating: [Int](repeating: 0, count: size), count: size)
        let width = labels.isEmpty ? 0 : logits.count / labels.count
        for (row, label) in labels.enumerated() {
            guard let actual = scheme.index(label: label) else { continue }
            guard let predicted = scheme.index(logits: logits[(row * width)..<((row + 1) * width)]) else {
                unpredicted += 1
                continue
            }
            counts[actual][predicted] += 1
        }
    }

    /// The sum over several runs of one scheme, and nil for none.
    package static func sum(_ all: [ConfusionCounts]) -> ConfusionCounts? {
        guard var sum = all.first else { return nil }
        for other in all.dropFirst() where other.scheme == sum.scheme {
            sum.unpredicted += other.unpredicted
            for (row, counts) in other.counts.enumerated() {
                for (column, count) in counts.enumerated() { sum.counts[row][column] += count }
            }
        }
        return sum
    }

    /// How many samples each class has.
    package var support: [Int] { counts.map { $0.reduce(0, +) } }

    /// The share of each class's samples that were taken for each class; nil for a class without samples.
    package var shares: [[Double?]] {
        zip(counts, support).map { row, total in row.map { total > 0 ? Double($0) / Double(total) : nil } }
    }

    /// The share of each class's samples that were recognised; nil for a class without samples.
    package var accuracies: [Double?] { shares.enumerated().map { $1[$0] } }
}
