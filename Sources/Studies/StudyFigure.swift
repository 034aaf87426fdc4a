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
        let label = "\(description.kind.rawValue) of \(description.source)"
        return SvgDrawing.grid(drawings, columns: 2, label: label).titled(title).file
    }

    private var title: String {
        let seeds = description.seeds.count
        let name = description.kind == .sweep ? "Sweep" : "Ablation"
        let source = description.source.split(separator: "/").last.map(String.init) ?? description.source
        return "\(name) of \(source), results on test" + (seeds > 1 ? ", mean ± std over \(seeds) seeds" : "")
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

    /// The first key goes to the right, the second upwards.
    private func heatmap(_ metric: Int) -> SvgDrawing {
        let (first, second) = (description.axes[0], description.axes[1])
        let count = second.values.count
        func cells(_ number: (Row) -> Double?) -> [[Double?]] {
            second.values.indices.reversed().map { up in
                first.values.indices.map { number(rows[$0 * count + up]) }
            }
        }
        let best = best(metric).map { (row: count - 1 - $0 % count, column: $0 / count) }
        return HeatmapFigure(
            title: description.metrics[metric].name, rowTitle: second.key, columnTitle: first.key,
            rows: second.values.reversed(), columns: first.values, values: cells { $0.means[metric] },
            deviations: cells { $0.deviations[metric] }, goal: goal(metric), marked: best
        ).drawing
    }
}
