/// How predicted classes agree with the actual ones.
struct ClassAgreement {
    var predicted: [Int]
    var actual: [Int]

    /// The share of right predictions; 0 without any.
    var accuracy: Double {
        guard !actual.isEmpty else { return 0 }
        return Double(zip(predicted, actual).count { $0 == $1 }) / Double(actual.count)
    }

    /// The F1 scores of the classes, averaged by how often each class really occurs; 0 without any.
    var weightedF1: Double {
        guard !actual.isEmpty else { return 0 }
        var sum = 0.0
        for label in Set(actual).sorted() {
            let support = actual.count { $0 == label }
            let claimed = predicted.count { $0 == label }
            let hits = zip(predicted, actual).count { $0 == label && $1 == label }
            // 2·hits / (2·hits + wrongly claimed + missed); the support is never zero here.
            sum += Double(support) * Double(2 * hits) / Double(support + claimed)
        }
        return sum / Double(actual.count)
    }
}
