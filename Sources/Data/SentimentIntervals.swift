/// The five intervals of sentiments from −1 to 1 that `Mult_acc_5` tells apart, closed above.
public enum SentimentIntervals {
    public static let edges: [Float] = [-0.7, -0.1, 0.1, 0.7]

    /// Named by their upper ends.
    public static let names = ["≤ −0.7", "≤ −0.1", "≤ 0.1", "≤ 0.7", "> 0.7"]

    /// The interval of a sentiment, from 0.
    public static func index(_ label: Float) -> Int { edges.count { label > $0 } }

    /// Whether labels are such sentiments: none beyond ±1, and not all whole, as classes are.
    static func fit(_ labels: some Sequence<Double>) -> Bool {
        labels.allSatisfy { abs($0) <= 1 } && labels.contains { $0 != $0.rounded() }
    }

    /// How many labels each interval has.
    static func counts(_ labels: some Sequence<Double>) -> [(label: String, count: Int)] {
        var counts = [Int](repeating: 0, count: names.count)
        for label in labels { counts[index(Float(label))] += 1 }
        return zip(names, counts).map { ($0, $1) }
    }
}
