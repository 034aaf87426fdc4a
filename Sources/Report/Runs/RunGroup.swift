import Foundation
import Runtime

/// Runs that differ by their seed alone, and what they found in the mean.
struct RunGroup {
    var name: String
    var runs: [ReportedRun]

    /// In the order of their first runs.
    static func groups(_ runs: [ReportedRun]) -> [RunGroup] {
        var groups: [RunGroup] = []
        for run in runs {
            if let index = groups.firstIndex(where: { $0.name == run.name }) {
                groups[index].runs.append(run)
            } else {
                groups.append(RunGroup(name: run.name, runs: [run]))
            }
        }
        return groups
    }

    var seeds: String { runs.map { "\($0.record.description.options.seed)" }.joined(separator: ", ") }

    var metricNames: [String] { runs[0].record.result.rows.map(\.name) }

    /// A metric on the test part.
    func statistics(of metric: String) -> Statistics? {
        Statistics(runs.compactMap { run in run.record.result.rows.first { $0.name == metric }?.value })
    }

    var confusion: ConfusionCounts? { ConfusionCounts.sum(runs.map(\.confusion)) }

    /// How many samples each class has; a seed's predictions that are not numbers are not counted with it.
    var support: [Int] {
        runs.dropFirst().reduce(runs[0].confusion.support) { zip($0, $1.confusion.support).map { max($0, $1) } }
    }

    /// The accuracy of a class.
    func accuracy(ofClass index: Int) -> Statistics? {
        Statistics(runs.compactMap { $0.confusion.accuracies.indices.contains(index) ? $0.confusion.accuracies[index] : nil })
    }

    /// The members of the specifications that are not the same in all groups, in alphabetical order.
    static func differingSettings(_ groups: [RunGroup]) -> [String] {
        let all = groups.map { $0.runs[0].settings }
        return Set(all.flatMap(\.keys)).filter { key in Set(all.map { $0[key] }).count > 1 }.sorted()
    }

    func number(_ setting: String) -> Double? { runs[0].settings[setting].flatMap(Double.init) }
}

/// Mean and standard deviation of some numbers.
struct Statistics {
    var mean: Double
    /// Of a sample: squares are divided by the count less one; nil for a single number.
    var deviation: Double?

    /// - Returns: nil for no numbers.
    init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
    }

    var text: String {
        guard mean.isFinite else { return "–" }
        return String(format: "%.4f", mean) + (deviation.map { String(format: " ±\u{a0}%.4f", $0) } ?? "")
    }
}
