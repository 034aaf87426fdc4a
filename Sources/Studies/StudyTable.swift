import Foundation
import Runtime

/// The results of a study: a row for each variant, with mean and deviation over its seeds.
public struct StudyTable: Sendable {
    public struct Row: Sendable {
        public var variant: StudyVariant
        public var runs: [StudyRun]
        /// Of each metric, over the runs that are done; nil where there is none.
        public var means: [Double?]
        /// Of a sample: the squares are divided by the number of runs less one; nil for fewer than two.
        public var deviations: [Double?]
        public var status: Status

        /// What the first run that failed says.
        public var failure: String? {
            for case .failed(let message) in runs { return message }
            return nil
        }
    }

    public enum Status: String, Sendable {
        case done, failed, open
    }

    public let description: StudyDescription
    public let rows: [Row]

    /// - Parameter runs: by variant, then seed.
    public init(_ description: StudyDescription, runs: [[StudyRun]]) {
        self.description = description
        rows = zip(description.variants, runs).map { variant, runs in
            let results = runs.compactMap { if case .done(let result) = $0 { result } else { nil } }
            let summary = results.isEmpty ? nil : SeedSummary(seeds: [], results: results)
            let statistics = description.metrics.map { metric in summary?.statistics.first { $0.name == metric.name } }
            return Row(
                variant: variant, runs: runs, means: statistics.map(\.?.mean), deviations: statistics.map { $0?.deviation },
                status: Self.status(runs))
        }
    }

    private static func status(_ runs: [StudyRun]) -> Status {
        var status = Status.done
        for run in runs {
            switch run {
            case .done: break
            case .failed: return .failed
            case .open: status = .open
            }
        }
        return status
    }

    public var hasFailed: Bool { rows.contains { $0.status == .failed } }

    /// The row with the best mean of a metric, of those that are done.
    func best(_ metric: Int) -> Int? {
        let candidates = rows.indices.filter { rows[$0].status == .done && rows[$0].means[metric]?.isFinite == true }
        func mean(_ row: Int) -> Double { rows[row].means[metric] ?? 0 }
        switch description.metrics[metric].goal {
        case .min: return candidates.min { mean($0) < mean($1) }
        case .max: return candidates.max { mean($0) < mean($1) }
        }
    }
}
