import Foundation
import Graph
import Runtime

/// A page about finished runs: what they found, how they came there, and what their models see.
package struct RunPage {
    let groups: [RunGroup]

    /// More curves or bars side by side could not be told apart.
    static let mostGroups = LineStyle.all.count
    /// Of how many groups the figures are shown that each group has of its own.
    static let mostDetails = 4

    /// Sentences below the title.
    let notes: [String]
    /// Settings that stand before others: the keys of a sweep.
    let settingOrder: [String]

    /// - Parameter runs: at least one, all of one data set; runs of one name are taken together.
    package init(_ runs: [ReportedRun], notes: [String] = [], settingOrder: [String] = []) {
        groups = RunGroup.groups(runs)
        self.notes = notes
        self.settingOrder = settingOrder
    }

    /// The page as HTML that loads nothing and runs nothing.
    package var html: String {
        let sections = [results] + training + curves + [confusions, classAccuracy] + [settings].compactMap(\.self) + alignment
            + [transport]
        let title = groups.count == 1 ? "Run \(groups[0].name)" : "\(groups.count) runs: \(groups[0].name), …"
        return PageTemplate.filled(
            PackageResources.runs_html,
            [
                "title": SvgElement.escaped(title), "style": PageTemplate.text(PackageResources.runs_css),
                "facts": SvgElement.escaped(facts), "sections": sections.map(\.markup).joined(separator: "\n"),
            ])
    }

    private var facts: String {
        let first = groups[0].runs[0]
        let files = Set(groups.flatMap(\.runs).map { ($0.record.description.data.path as NSString).lastPathComponent }).sorted()
        let samples = first.confusion.support.reduce(0, +) + first.confusion.unpredicted
        let runs = groups.reduce(0) { $0 + $1.runs.count }
        let counts = "\(runs) \(runs == 1 ? "run" : "runs"), data \(files.joined(separator: ", ")), \(samples) test samples"
        return ([counts + "."] + notes).joined(separator: " ")
    }

    // MARK: Results

    private var results: PageSection {
        let names = groups[0].metricNames
        let head = ["run", "seed", "tested epoch"] + names
        let rows = groups.map { group in
            let epochs = group.runs.map { "\($0.record.result.testedEpoch)\u{a0}of\u{a0}\($0.record.result.epochs)" }
            return [group.name, group.seeds, epochs.joined(separator: ", ")]
                + names.map { group.statistics(of: $0)?.text ?? "–" }
        }
        return PageSection(
            title: "Results on test",
            texts: hasSeeds ? ["Mean ± standard deviation over seeds (squares divided by the number of seeds less one)."] : [],
            content: [Self.table(head, rows)])
    }

    /// Whether some numbers are means over seeds.
    var hasSeeds: Bool { groups.contains { $0.runs.count > 1 } }

    /// - Parameter name: a class of the page's style.
    static func table(_ head: [String], _ rows: [[String]], name: String? = nil) -> SvgElement {
        func row(_ cells: [String], _ name: String) -> SvgElement {
            SvgElement("tr", children: cells.map { SvgElement(name, text: $0.isEmpty ? "–" : $0) })
        }
        let table = SvgElement(
            "table", name.map { [("class", $0)] } ?? [],
            children: [
                SvgElement("thead", children: [row(head, "th")]), SvgElement("tbody", children: rows.map { row($0, "td") }),
            ])
        return SvgElement("div", [("class", "tablebox")], children: [table])
    }

    // MARK: What is drawn for whom

    var shown: [(group: RunGroup, style: LineStyle)] { zip(groups, LineStyle.all).map { ($0, $1) } }

    /// The groups whose own figures are shown.
    var detailed: ArraySlice<RunGroup> { groups.prefix(Self.mostDetails) }

    /// A sentence where a figure shows only the first groups.
    func leftOut(_ limit: Int) -> [String] {
        guard groups.count > limit else { return [] }
        return ["Only the first \(limit) of \(groups.count) runs are shown here."]
    }
}
