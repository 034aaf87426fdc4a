import Data
import Foundation
import Graph

/// The folder of one training run: `metrics.jsonl`, `best.safetensors`, `last.safetensors`.
public struct RunFolder {
    public let path: String
    private let isNew: Bool

    private static let metrics = "metrics.jsonl"
    private static let best = "best.safetensors"
    private static let last = "last.safetensors"

    private var metricsFile: String { "\(path)/\(Self.metrics)" }
    private var bestFile: String { "\(path)/\(Self.best)" }
    private var lastFile: String { "\(path)/\(Self.last)" }

    /// Creates the folder and checks that its files can be written; an older run's files stay as they are until then.
    public init(path: String) throws(Diagnostic) {
        self.path = path
        isNew = try OutputFolder.create(path)
        do throws(Diagnostic) {
            for file in [metricsFile, bestFile, lastFile] { try AtomicFile.check(file) }
        } catch {
            discardIfEmpty()
            throw error
        }
    }

    /// Removes what was being written when a run is interrupted; what earlier epochs left is whole and stays.
    public static func discardUnfinished(_ path: String) {
        AtomicFile.endWriting()
        for file in [metrics, best, last] { AtomicFile.removeUnfinished("\(path)/\(file)") }
    }

    /// Removes the folder if this run created it and no epoch was recorded.
    public func discardIfEmpty() {
        if isNew { rmdir(path) }
    }

    /// Appends the epoch's line and saves the weights; the best epoch's once more under their own name.
    ///
    /// The first epoch replaces an older run: its weights never stand beside this run's metrics.
    public func record(
        _ epoch: Trainer.Epoch, _ weights: [String: HostTensor], logSteps: Bool, metadata: [String: String]
    ) throws(Diagnostic) {
        if epoch.number == 1 {
            for file in [bestFile, lastFile] { unlink(file) }
            try AtomicFile.write([], to: metricsFile)
        }
        try append(JSONLine.epoch(epoch, logSteps: logSteps))
        var metadata = metadata
        metadata["epoch"] = "\(epoch.number)"
        try Safetensors.write(weights, metadata: metadata, to: lastFile)
        if epoch.isBest { try Safetensors.write(weights, metadata: metadata, to: bestFile) }
    }

    private func append(_ line: String) throws(Diagnostic) {
        let bytes = Array((line + "\n").utf8)
        let descriptor = open(metricsFile, O_WRONLY | O_APPEND)
        defer { close(descriptor) }
        guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
            throw Diagnostic(
                "file.unwritable", metricsFile, "the file cannot be written",
                expected: "room and the right to write", found: SystemError.lastReason)
        }
    }
}
