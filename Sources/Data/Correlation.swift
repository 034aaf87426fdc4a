/// Correlation of two sequences.
public enum Correlation {
    /// Pearson's correlation, in f64; 0 where it is undefined: no values, a constant sequence, or NaN.
    public static func pearson(_ first: [Float], _ second: [Float]) -> Double {
        let count = Double(min(first.count, second.count))
        guard count > 0, first.count == second.count else { return 0 }
        let firstMean = first.reduce(0) { $0 + Double($1) } / count
        let secondMean = second.reduce(0) { $0 + Double($1) } / count
        var firstSquares = 0.0
        var secondSquares = 0.0
        var products = 0.0
        for (one, other) in zip(first, second) {
            let firstDifference = Double(one) - firstMean
            let secondDifference = Double(other) - secondMean
            firstSquares += firstDifference * firstDifference
            secondSquares += secondDifference * secondDifference
            products += firstDifference * secondDifference
        }
        let scale = firstSquares.squareRoot() * secondSquares.squareRoot()
        guard scale > 0, products.isFinite, scale.isFinite else { return 0 }
        return min(max(products / scale, -1), 1)
    }
}
