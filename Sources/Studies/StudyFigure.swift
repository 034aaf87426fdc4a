import Report

extension StudyTable {
    /// A drawing for each metric: bars against the whole model for an ablation; for a sweep points over one key, a heatmap
    /// over two, and bars for more.
    public var figure: String {
        let drawings = description.metrics.indices.map { metric in
            switch (description.kind, description.axes.count) {
            case (.sweep, 1): points(metric)
            case (.sweep, 2): heatmap(metric)
            case (.sweep, _), (.ablation, _): bars(metric)
            }
        }
        return SvgDrawing.grid(drawings, columns: 2, label: "\(description.kind.rawValue) of \(description.source)").file
    }

    private func goal(_ metric: Int) -> BarFigure.Goal {
        switch description.metrics[metric].goal {
        case .min: .smaller
        case .max: .larger
        }
    }

    private func bars(_ metric: Int) -> SvgDrawing {
        let bars = rows.map { BarFigure.Bar($0.variant.title, $0.means[metric], deviation: $0.deviations[metric]) }
        let reference = description.kind == .ablation ? rows.firstIndex { $0.variant.name == AblationRows.whole } : nil
        return BarFigure(
            title: description.metrics[metric].name, bars: bars, reference: reference, goal: goal(metric), width: 480
        ).drawing
    }

    private func points(_ metric: Int) -> SvgDrawing {
        let points = rows.map {
            BarFigure.Bar($0.variant.settings.first ?? "", $0.means[metric], deviation: $0.deviations[metric])
        }
        return SettingFigure(
            title: description.metrics[metric].name, settingTitle: description.axes[0].key, points: points, goal: goal(metric)
        ).drawing
    }

    /// The first key goes upwards, the second to the right.
    private func heatmap(_ metric: Int) -> SvgDrawing {
        let (first, second) = (description.axes[0], description.axes[1])
        let count = second.values.count
        let values = first.values.indices.reversed().map { row in
            second.values.indices.map { rows[row * count + $0].means[metric] }
        }
        let best = best(metric).map { (row: first.values.count - 1 - $0 / count, column: $0 % count) }
        let arrow = description.metrics[metric].goal == .min ? "↓" : "↑"
        return HeatmapFigure(
            title: "\(description.metrics[metric].name) \(arrow)", rowTitle: first.key, columnTitle: second.key,
            rows: first.values.reversed(), columns: second.values, values: values, marked: best
        ).drawing
    }
}
