import Data
import Foundation
import Graph

/// A run that is over, as its folder tells it.
public struct RunRecord: Sendable {
    public let path: String
    public let description: RunDescription
    /// The text of `spec.json`.
    public let specification: String
    public let epochs: [EpochRecord]
    public let result: RunResult

    /// - Throws: `report.run`, `report.unfinished`, `report.metrics`, or why a file cannot be read.
    public init(path: String) throws(Diagnostic) {
        guard RunFolder.hasRun(path) else {
            throw Diagnostic(
                "report.run", path, "there is no run", expected: "a folder with \(RunFile.description.rawValue), of dgrun train")
        }
        guard FileManager.default.fileExists(atPath: RunFile.result.path(in: path)) else {
            throw Diagnostic(
                "report.unfinished", path, "the run is not over; dgrun train --resume goes on with it",
                expected: RunFile.result.rawValue)
        }
        self.path = path
        description = try RunDescription(file: RunFile.description.path(in: path))
        specification = try TextFile.read(path: RunFile.specification.path(in: path))
        epochs = try EpochRecord.read(file: RunFile.metrics.path(in: path))
        let names = description.plan.training?.metricFamily.metricNames ?? []
        result = try RunResult(file: RunFile.result.path(in: path), metricNames: names)
        guard epochs.count == result.epochs, epochs.enumerated().allSatisfy({ $1.epoch == $0 + 1 }),
            result.testedEpoch >= 1, result.testedEpoch <= epochs.count
        else {
            throw Diagnostic(
                "report.metrics", RunFile.metrics.path(in: path), "the epochs are not those of the run's result",
                expected: "1 to \(result.epochs)", found: "\(epochs.count) records")
        }
    }

    /// The weights that were tested.
    public var testedWeights: String {
        let isLast = description.options.selection == Trainer.Selection.last.rawValue
        return (isLast ? RunFile.last : RunFile.best).path(in: path)
    }

    /// The runs of a folder: those of its seeds, where it has several, or itself.
    public static func paths(in path: String) throws(Diagnostic) -> [String] {
        guard RunFolder.hasRun(path) else { return [path] }
        let description = try RunDescription(file: RunFile.description.path(in: path))
        return (description.options.seeds ?? []).isEmpty
            ? [path] : (description.options.seeds ?? []).map { RunFolder.path(of: $0, in: path) }
    }
}
