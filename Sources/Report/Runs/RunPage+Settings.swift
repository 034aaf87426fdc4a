import Foundation
import Runtime

extension RunPage {
    private static let settingsTitle = "Results over settings"

    /// Results over the one or two numbers in which the specifications differ, such as alpha and beta; nil for a single run.
    var settings: PageSection? {
        guard groups.count > 1 else { return nil }
        let keys = differingSettings
        guard (1...2).contains(keys.count), groups.allSatisfy({ group in keys.allSatisfy { group.number($0) != nil } }) else {
            return comparison(keys)
        }
        let text = "Test results over \(keys.joined(separator: " and "))"
            + (hasSeeds ? ", means over seeds" : "") + "; the best one, or the first of several, has a frame."
            + (keys.count == 2 ? " Darker is better." + (hasSeeds ? " Below a mean stands the standard deviation." : "") : "")
        let metrics = groups[0].metricNames
        return PageSection(
            title: Self.settingsTitle, texts: [text],
            drawings: metrics.map { keys.count == 2 ? heatmap($0, keys[0], keys[1]) : points($0, keys[0]) })
    }

    /// The members of the specifications that are not the same in all groups: those of a study first, in its order.
    var differingSettings: [String] {
        let keys = RunGroup.differingSettings(groups)
        let first = settingOrder.filter(keys.contains)
        return first + keys.filter { !first.contains($0) }
    }

    private func goal(_ metric: String) -> BarFigure.Goal { ["loss", "MAE"].contains(metric) ? .smaller : .larger }

    /// Bars, where the runs do not differ in one or two numbers.
    private func comparison(_ keys: [String]) -> PageSection {
        let text = "Test results compared with those of \(groups[0].name), where the bars begin; orange is worse. "
            + (hasSeeds ? "Means over seeds, with one standard deviation to each side. " : "")
            + "The specifications " + (keys.isEmpty ? "do not differ." : "differ in: \(keys.joined(separator: ", ")).")
        let drawings = groups[0].metricNames.map { metric in
            let bars = groups.map { group in
                let statistics = group.statistics(of: metric)
                return BarFigure.Bar(group.name, statistics?.mean, deviation: statistics?.deviation)
            }
            return BarFigure(title: metric, bars: bars, reference: 0, goal: goal(metric)).drawing
        }
        return PageSection(title: Self.settingsTitle, texts: [text], drawings: drawings)
    }

    private func heatmap(_ metric: String, _ across: String, _ down: String) -> SvgDrawing {
        let columns = Set(groups.compactMap { $0.number(across) }).sorted()
        // Rising upwards, as on an axis.
        let rows = Set(groups.compactMap { $0.number(down) }).sorted(by: >)
        var best: (row: Int, column: Int, value: Double)?
        let values = rows.enumerated().map { row, vertical in
            columns.enumerated().map { column, horizontal -> Double? in
                let group = groups.first { $0.number(across) == horizontal && $0.number(down) == vertical }
                guard let value = group?.statistics(of: metric)?.mean, value.isFinite else { return nil }
                if best.map({ goal(metric) == .larger ? value > $0.value : value < $0.value }) ?? true { best = (row, column, value) }
                return value
            }
        }
        let deviations = rows.map { vertical in
            columns.map { horizontal in
                groups.first { $0.number(across) == horizontal && $0.number(down) == vertical }?.statistics(of: metric)?.deviation
            }
        }
        return HeatmapFigure(
            title: metric, rowTitle: down, columnTitle: across, rows: rows.map(Self.text), columns: columns.map(Self.text),
            values: values, deviations: deviations, goal: goal(metric), marked: best.map { ($0.row, $0.column) }
        ).drawing
    }

    private func points(_ metric: String, _ setting: String) -> SvgDrawing {
        let sorted = groups.sorted { ($0.number(setting) ?? 0) < ($1.number(setting) ?? 0) }
        let points = sorted.map { group in
            let statistics = group.statistics(of: metric)
            return BarFigure.Bar(Self.text(group.number(setting) ?? .nan), statistics?.mean, deviation: statistics?.deviation)
        }
        return SettingFigure(title: metric, settingTitle: setting, points: points, goal: goal(metric), width: 330).drawing
    }

    private static func text(_ number: Double) -> String { String(format: "%g", number) }
}
