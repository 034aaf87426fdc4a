import Foundation

/// The test results of several seeds, and their means and standard deviations.
public struct SeedSummary: Sendable {
    public struct Statistics: Sendable {
        public var name: String
        public var mean: Double
        /// Of a sample: the squares are divided by the number of seeds less one; nil for one seed.
        public var deviation: Double?
    }

    public let seeds: [Int]
    public let results: [RunResult]

    /// - Parameter results: one for each seed.
    public init(seeds: [Int], results: [RunResult]) {
        self.seeds = seeds
        self.results = results
    }

    /// The loss, then the metrics.
    public var statistics: [Statistics] {
        (results.first?.rows.map(\.name) ?? []).enumerated().map { index, name in
            let values = results.map { $0.rows[index].value }
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
            return Statistics(name: name, mean: mean, deviation: deviation)
        }
    }

    /// For people: a row for each metric.
    public var table: String {
        let head = "test, \(seeds.count) seed\(seeds.count == 1 ? "" : "s"), mean ± std (n - 1)"
        let rows = statistics.map { row in
            "  " + row.name.padding(toLength: 12, withPad: " ", startingAt: 0) + String(format: "%8.4f", row.mean)
                + (row.deviation.map { String(format: "  ± %.4f", $0) } ?? "")
        }
        return ([head] + rows).joined(separator: "\n")
    }

    /// A row for each seed, then `mean` and `std`.
    public var csv: String {
        let statistics = statistics
        var rows = [["seed", "best_epoch", "epochs"] + statistics.map(\.name)]
        for (seed, result) in zip(seeds, results) {
            let counts = [seed, result.bestEpoch, result.epochs].map(String.init)
            rows.append(counts + result.rows.map { MetricsTable.number($0.value) })
        }
        rows.append(["mean", "", ""] + statistics.map { MetricsTable.number($0.mean) })
        rows.append(["std", "", ""] + statistics.map { MetricsTable.number($0.deviation ?? .nan) })
        return rows.map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// One line.
    public var json: String {
        let statistics = statistics
        return JSONLine.object([
            ("seeds", JSONLine.array(seeds.map(String.init))),
            ("mean", JSONLine.object(statistics.map { ($0.name, JSONLine.number($0.mean)) })),
            ("std", JSONLine.object(statistics.map { ($0.name, JSONLine.number($0.deviation ?? .nan)) })),
            ("std_divisor", JSONLine.string("n - 1")), ("runs", JSONLine.array(results.map(\.json))),
        ])
    }
}
