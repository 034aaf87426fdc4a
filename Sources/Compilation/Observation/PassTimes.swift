import Foundation
import Graph
import Passes
import Synchronization

/// How long every pass took and what it did to the size, as a table.
public final class PassTimes: PassObserver {
    private struct Row {
        var entry: String
        var report: PassManager.Report
    }

    private let rows = Mutex<[Row]>([])

    public init() {}

    public func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {
        rows.withLock { $0.append(Row(entry: before.name, report: report)) }
    }

    /// A line for each pass in the order of execution, under the name of the entry, and the sum; empty where none ran.
    public var table: String {
        let rows = rows.withLock { $0 }
        guard !rows.isEmpty else { return "" }
        let total = rows.reduce(0) { $0 + $1.report.seconds }
        let width = rows.map(\.report.pass.count).max() ?? 0
        var text = ""
        var entry: String?
        for row in rows {
            if row.entry != entry { text += "passes on \(row.entry)\n" }
            entry = row.entry
            let report = row.report
            let name = report.pass.padding(toLength: width, withPad: " ", startingAt: 0)
            let size = report.nodesBefore == report.nodesAfter ? "\(report.nodesBefore)" : "\(report.nodesBefore) -> \(report.nodesAfter)"
            text += String(format: "%10.4f s %5.1f %%  ", report.seconds, total > 0 ? 100 * report.seconds / total : 0)
            text += "\(name)  \(size)\(report.changed ? "" : ", unchanged")\n"
        }
        return text + String(format: "%10.4f s in all\n", total)
    }
}
