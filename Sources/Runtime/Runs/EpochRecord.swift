import Data
import Foundation
import Graph

/// A line of `metrics.jsonl`; numbers that were not finite are nil.
public struct EpochRecord: Sendable, Decodable {
    public var epoch: Int
    /// The total loss, averaged over the epoch's steps.
    public var trainLoss: Double?
    /// By name, such as `loss.task`; averaged over the steps and not weighted.
    public var components: [String: Double?]
    /// The total loss of each step; nil unless the run logged its steps.
    public var stepLosses: [Double?]?
    /// The task loss.
    public var validLoss: Double?
    public var valid: [String: Double?]
    public var learningRate: Double?

    private enum CodingKeys: String, CodingKey {
        case epoch, valid
        case trainLoss = "train_loss"
        case components = "train_components"
        case stepLosses = "train_losses"
        case validLoss = "valid_loss"
        case learningRate = "learning_rate"
    }

    /// - Throws: `report.metrics`, or why the file cannot be read.
    static func read(file path: String) throws(Diagnostic) -> [EpochRecord] {
        let lines = try TextFile.read(path: path).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        var records: [EpochRecord] = []
        for (index, line) in lines.enumerated() {
            guard let record = try? JSONDecoder().decode(EpochRecord.self, from: Foundation.Data(line.utf8)) else {
                throw Diagnostic(
                    "report.metrics", "\(path): line \(index + 1)", "the line is not the record of an epoch",
                    expected: "what dgrun train wrote")
            }
            records.append(record)
        }
        return records
    }
}
