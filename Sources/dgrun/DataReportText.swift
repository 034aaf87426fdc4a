import Data
import Foundation
import Runtime

/// A data file's report as text.
enum DataReportText {
    static func table(_ report: DatasetReport) -> String {
        var lines = ["\(report.path): \(report.format), \(size(report.byteCount))"]
        let names = report.entries.map(\.name.count).max() ?? 0
        let types = report.entries.map(\.type.count).max() ?? 0
        let shapes = report.entries.map { $0.shape.map { "\($0)" }?.count ?? 0 }.max() ?? 0
        for entry in report.entries {
            let shape = entry.shape.map { "\($0)" } ?? ""
            let columns = [padded(entry.name, names), padded(entry.type, types), padded(shape, shapes), values(entry)]
            lines.append("  " + columns.joined(separator: "  ").trimmingEnd())
        }
        for histogram in report.histograms {
            lines.append(String(
                format: "%@: mean %.4g, %g to %g", histogram.name, histogram.mean, histogram.smallest, histogram.largest))
            lines += bars(histogram)
        }
        lines += report.notes.map { "note: \($0)" } + report.warnings.map { "warning: \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func values(_ entry: DatasetReport.Entry) -> String {
        if let lengths = entry.lengths {
            return String(format: "%g to %g, mean %.1f", lengths.smallest, lengths.largest, lengths.mean)
        }
        guard let statistics = entry.statistics else { return "" }
        var words: [String] = []
        if let smallest = statistics.smallest, let largest = statistics.largest {
            words.append(String(format: "%g to %g", smallest, largest))
        }
        for (count, name) in [
            (statistics.nan, "NaN"), (statistics.positiveInfinity, "inf"), (statistics.negativeInfinity, "-inf"),
        ] where count > 0 {
            words.append("\(count) \(name)")
        }
        return words.joined(separator: ", ")
    }

    private static func bars(_ histogram: DatasetReport.Histogram) -> [String] {
        let largest = histogram.counts.map(\.count).max() ?? 1
        let width = 40
        let names = max(3, histogram.counts.map(\.label.count).max() ?? 0)
        return histogram.counts.map { label, count in
            let bar = String(repeating: "#", count: (count * width + largest - 1) / largest)
            let indent = String(repeating: " ", count: names - label.count)
            return "  " + indent + label + String(format: "  %6d  ", count) + bar
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
    }

    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<10_000: "\(bytes) bytes"
        case ..<10_000_000: String(format: "%.1f KB", Double(bytes) / 1e3)
        case ..<10_000_000_000: String(format: "%.1f MB", Double(bytes) / 1e6)
        default: String(format: "%.1f GB", Double(bytes) / 1e9)
        }
    }

    static func json(_ report: DatasetReport) -> String {
        JSONLine.object([
            ("file", JSONLine.string(report.path)), ("format", JSONLine.string(report.format)), ("bytes", "\(report.byteCount)"),
            ("arrays", JSONLine.array(report.entries.map(json))), ("labels", JSONLine.array(report.histograms.map(json))),
            ("notes", JSONLine.array(report.notes.map(JSONLine.string))),
            ("warnings", JSONLine.array(report.warnings.map(JSONLine.string))), ("trainable", report.obstacle == nil ? "true" : "false"),
        ])
    }

    private static func json(_ entry: DatasetReport.Entry) -> String {
        var members = [("name", JSONLine.string(entry.name)), ("type", JSONLine.string(entry.type))]
        if let shape = entry.shape { members.append(("shape", JSONLine.array(shape.map { "\($0)" }))) }
        if let lengths = entry.lengths {
            members += [
                ("min", JSONLine.number(lengths.smallest)), ("mean", JSONLine.number(lengths.mean)),
                ("max", JSONLine.number(lengths.largest)),
            ]
        }
        if let statistics = entry.statistics {
            members += [
                ("min", statistics.smallest.map { JSONLine.number(Double($0)) } ?? "null"),
                ("max", statistics.largest.map { JSONLine.number(Double($0)) } ?? "null"), ("nan", "\(statistics.nan)"),
                ("inf", "\(statistics.positiveInfinity)"), ("negative_inf", "\(statistics.negativeInfinity)"),
                ("zero_samples", "\(statistics.zeroSamples)"),
                ("samples_longer_than_lengths", "\(statistics.samplesLongerThanSaid)"),
            ]
        }
        return JSONLine.object(members)
    }

    private static func json(_ histogram: DatasetReport.Histogram) -> String {
        JSONLine.object([
            ("name", JSONLine.string(histogram.name)), ("mean", JSONLine.number(histogram.mean)),
            ("min", JSONLine.number(histogram.smallest)), ("max", JSONLine.number(histogram.largest)),
            ("counts", JSONLine.object(histogram.counts.map { ($0.label, "\($0.count)") })),
        ])
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
