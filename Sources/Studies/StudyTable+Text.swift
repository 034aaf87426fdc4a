import Foundation

extension StudyTable {
    private func number(_ row: Row, _ metric: Int) -> String {
        guard let mean = row.means[metric] else { return "–" }
        return String(format: "%.4f", mean) + (row.deviations[metric].map { String(format: " ± %.4f", $0) } ?? "")
    }

    private func remark(_ row: Row) -> String {
        switch row.status {
        case .done: ""
        case .failed: "failed: \(row.failure ?? "")"
        case .open: "not finished"
        }
    }

    private var head: String {
        let seeds = description.seeds.count
        return "test, \(seeds) seed\(seeds == 1 ? "" : "s")" + (seeds > 1 ? ", mean ± std (n - 1)" : "")
    }

    /// Which way a metric gets better.
    private func title(_ metric: StudyDescription.Metric) -> String {
        metric.name + (metric.goal == .min ? " ↓" : " ↑")
    }

    /// For people: the best of each column has a star.
    public var text: String {
        let best = description.metrics.indices.map(best)
        var cells = [[""] + description.metrics.map(title) + [""]]
        for (index, row) in rows.enumerated() {
            let numbers = description.metrics.indices.map { number(row, $0) + (best[$0] == index ? " *" : "  ") }
            cells.append([row.variant.title] + numbers + [remark(row)])
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var line = "  " + padded.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
        return ([head] + lines).joined(separator: "\n") + "\n"
    }

    /// A table in Markdown; the best of each column is bold.
    public var markdown: String {
        let best = description.metrics.indices.map(best)
        var lines = [
            "| | " + description.metrics.map(title).joined(separator: " | ") + " |",
            "|---" + String(repeating: "|---", count: description.metrics.count) + "|",
        ]
        for (index, row) in rows.enumerated() {
            let numbers = description.metrics.indices.map { best[$0] == index ? "**\(number(row, $0))**" : number(row, $0) }
            let remark = remark(row)
            let title = row.variant.title + (remark.isEmpty ? "" : " (\(remark))")
            lines.append("| " + ([title] + numbers).map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n") + "\n\n\(head); bold is the best of a column.\n"
    }

    /// A row for each variant: its name, the value of each key of a sweep, its status, and mean and deviation of each metric;
    /// empty where there is no number.
    public var csv: String {
        let keys = description.axes.map(\.key)
        var lines = [["name"] + keys + ["status", "runs"] + description.metrics.flatMap { [$0.name, "\($0.name)_std"] }]
        for row in rows {
            let done = row.runs.count { if case .done = $0 { true } else { false } }
            let numbers = zip(row.means, row.deviations).flatMap { [$0, $1] }
            lines.append(
                [row.variant.name] + row.variant.settings + [row.status.rawValue, "\(done)"]
                    + numbers.map { value in value.flatMap { $0.isFinite ? "\($0)" : nil } ?? "" })
        }
        return lines.map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
