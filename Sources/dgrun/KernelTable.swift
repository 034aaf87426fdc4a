import Foundation
import Runtime

/// Measured and predicted times of kernel functions, as a table for people and as JSON.
struct KernelTable {
    struct Row {
        var time: Benchmark.KernelTime
        /// Milliseconds, operations and bytes of all steps; nil in plans of older compilers.
        var predicted: (milliseconds: Double, operations: Double, bytes: Double)?

        /// How much longer it took than predicted.
        var ratio: Double? { predicted.map { time.milliseconds / $0.milliseconds } }
        var gigaflops: Double? { predicted.map { $0.operations * 1e-6 / time.milliseconds } }
        var gigabytes: Double? { predicted.map { $0.bytes * 1e-6 / time.milliseconds } }
    }

    let rows: [Row]

    /// The most functions that the table shows.
    private static let shown = 40
    private static let width = 120

    init(_ times: [Benchmark.KernelTime], _ prediction: EntryPrediction?) {
        let functions = prediction?.byFunction ?? [:]
        rows = times.map { time in
            let steps = Double(time.steps)
            return Row(time: time, predicted: functions[time.kernel].map {
                ($0.seconds * 1e3 * steps, $0.operations * steps, $0.bytes * steps)
            })
        }
    }

    /// The busiest kernel functions: thread time per run, and one of the places that they come from.
    var text: String {
        let names = rows.prefix(Self.shown).map(\.time.kernel.count).max() ?? 0
        let kernel = "kernel".padding(toLength: max(names, 6), withPad: " ", startingAt: 0)
        var text = "  thread time by kernel function, per run:\n"
        text += "          ms      model   ratio  GFLOP/s    GB/s  steps  \(kernel)  place\n"
        for row in rows.prefix(Self.shown) {
            let name = row.time.kernel.padding(toLength: kernel.count, withPad: " ", startingAt: 0)
            let line = String(format: "  %10.4f", row.time.milliseconds) + Self.cell(row.predicted?.milliseconds, 11, 4)
                + Self.cell(row.ratio, 8, 2) + Self.cell(row.gigaflops, 9, 1) + Self.cell(row.gigabytes, 8, 1)
                + String(format: "  %5d  ", row.time.steps) + "\(name)  "
            text += line + Self.end(of: row.time.label, within: Self.width - line.count) + "\n"
        }
        return text
    }

    /// All kernel functions.
    var json: String {
        JSONLine.array(rows.map { row in
            JSONLine.object([
                ("kernel", JSONLine.string(row.time.kernel)), ("place", JSONLine.string(row.time.label)),
                ("steps", "\(row.time.steps)"), ("ms", JSONLine.number(row.time.milliseconds)),
                ("predicted_ms", JSONLine.number(row.predicted?.milliseconds ?? .nan)),
                ("ratio", JSONLine.number(row.ratio ?? .nan)),
                ("operations", JSONLine.number(row.predicted?.operations ?? .nan)),
                ("bytes", JSONLine.number(row.predicted?.bytes ?? .nan)),
                ("gflops", JSONLine.number(row.gigaflops ?? .nan)), ("gbytes_per_s", JSONLine.number(row.gigabytes ?? .nan)),
            ])
        })
    }

    private static func cell(_ number: Double?, _ width: Int, _ digits: Int) -> String {
        let text = number.map { $0.isFinite ? String(format: "%.\(digits)f", $0) : "-" } ?? "-"
        return String(repeating: " ", count: max(1, width - text.count)) + text
    }

    /// A path says most at its end.
    private static func end(of label: String, within width: Int) -> String {
        label.count <= max(width, 20) ? label : "…" + label.suffix(max(width, 20) - 1)
    }
}
