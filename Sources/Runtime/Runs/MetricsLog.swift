import Data
import Foundation
import Graph

/// The epochs' numbers as lines of JSON, as a table, and as events for TensorBoard.
struct MetricsLog {
    private let jsonLines: AppendedFile
    private let table: AppendedFile
    private let events: AppendedFile?
    private let logsSteps: Bool

    init(folder: String, options: RunDescription.Options) {
        jsonLines = AppendedFile(path: RunFile.metrics.path(in: folder))
        table = AppendedFile(path: RunFile.table.path(in: folder))
        events = options.tensorboard ? AppendedFile(path: RunFile.events.path(in: folder)) : nil
        logsSteps = options.logSteps
    }

    /// Writes files without an epoch.
    func begin(metricNames: [String]) throws(Diagnostic) {
        try AtomicFile.write([], to: jsonLines.path)
        try AtomicFile.write(Array((MetricsTable.head(metricNames) + "\n").utf8), to: table.path)
        if let events { try AtomicFile.write(EventRecord.version, to: events.path) }
    }

    func append(_ epoch: Trainer.Epoch) throws(Diagnostic) {
        try jsonLines.append(Array((JSONLine.epoch(epoch, logSteps: logsSteps) + "\n").utf8))
        try table.append(Array((MetricsTable.row(epoch) + "\n").utf8))
        try events?.append(EventRecord.epoch(epoch))
    }

    /// Adds the final numbers to the events.
    func append(_ result: RunResult) throws(Diagnostic) { try events?.append(EventRecord.result(result)) }

    /// How many whole records there are; none where the file was not begun.
    func epochs() throws(Diagnostic) -> Int {
        guard !FilePresence.isAbsent(jsonLines.path) else { return 0 }
        return try jsonLines.contents().count { $0 == UInt8(ascii: "\n") }
    }

    /// How long the recorded epochs took together; records that cannot be read count nothing.
    func seconds() throws(Diagnostic) -> Double {
        struct Record: Decodable {
            var seconds: Double?
        }
        let lines = try jsonLines.contents().split(separator: UInt8(ascii: "\n"))
        return lines.reduce(0) { sum, line in
            sum + ((try? JSONDecoder().decode(Record.self, from: Foundation.Data(line)))?.seconds ?? 0)
        }
    }

    /// Cuts off all that follows some epochs: whole lines that no state was saved for, and half ones.
    func keep(epochs: Int) throws(Diagnostic) {
        try keepLines(epochs, of: jsonLines)
        try keepLines(epochs + 1, of: table)
        if let events {
            let bytes = try events.contents()
            guard let size = EventRecord.size(ofFirst: epochs + 1, in: bytes) else { throw tooShort(events, epochs) }
            try events.truncate(to: size)
        }
    }

    private func keepLines(_ count: Int, of file: AppendedFile) throws(Diagnostic) {
        let bytes = try file.contents()
        var end = 0
        for _ in 0..<count {
            guard let newline = bytes[end...].firstIndex(of: UInt8(ascii: "\n")) else { throw tooShort(file, count) }
            end = newline + 1
        }
        try file.truncate(to: end)
    }

    private func tooShort(_ file: AppendedFile, _ count: Int) -> Diagnostic {
        Diagnostic(
            "train.metrics", file.path, "the file lacks epochs that the run's state has behind it",
            expected: "\(count) whole records", found: "fewer")
    }
}
