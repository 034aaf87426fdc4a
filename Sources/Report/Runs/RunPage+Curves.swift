import Runtime

extension RunPage {
    /// A run's curve.
    private struct Curve {
        var name: String
        var style: LineStyle
        var record: RunRecord
    }

    /// One group's seeds are told apart, and several groups.
    private var drawn: [Curve] {
        if groups.count == 1 {
            return zip(groups[0].runs, LineStyle.all).map { run, style in
                Curve(name: "seed \(run.record.description.options.seed)", style: style, record: run.record)
            }
        }
        return shown.flatMap { group, style in group.runs.map { Curve(name: group.name, style: style, record: $0.record) } }
    }

    private var legend: SvgElement {
        let entries = groups.count == 1 ? drawn.map { ($0.name, $0.style) } : shown.map { ($0.group.name, $0.style) }
        return PageSection.legend(entries.map { (name: $0.0, sample: $0.1.sample) })
    }

    private var limit: [String] {
        if groups.count == 1, groups[0].runs.count > Self.mostGroups {
            return ["Only the first \(Self.mostGroups) of \(groups[0].runs.count) seeds are shown here."]
        }
        return leftOut(Self.mostGroups)
    }

    var curves: [PageSection] {
        var learning = [
            figure("train loss (total)") { $0.trainLoss }, figure("valid loss (task)") { $0.validLoss },
        ]
        for name in groups[0].metricNames.dropFirst() { learning.append(figure("valid \(name)") { $0.valid[name] ?? nil }) }
        learning.append(figure("learning rate", .logarithmic) { $0.learningRate })
        var sections = [
            PageSection(
                title: "Learning curves",
                texts: ["A line for each run; a dot marks the epoch whose weights were tested. The train loss is the total loss, "
                    + "averaged over the steps of an epoch; the valid loss is that of the task alone, without dropout."] + limit,
                content: [legend], drawings: learning)
        ]
        sections.append(components)
        if let steps { sections.append(steps) }
        return sections
    }

    private static let componentTitles = [
        ("loss.task", "task"), ("loss.dec", "decoupling"), ("loss.hete", "heterogeneous alignment"),
        ("loss.homo", "homogeneous alignment"), ("loss.ct", "contrastive"),
    ]

    private var components: PageSection {
        let present = Self.componentTitles.filter { name, _ in
            drawn.contains { $0.record.epochs.contains { (($0.components[name] ?? nil) ?? 0) != 0 } }
        }
        let absent = Self.componentTitles.filter { name, _ in !present.contains { $0.0 == name } }.map(\.1)
        var texts = ["What the total train loss is the weighted sum of, here without weights, averaged over the steps of an epoch."]
        if !absent.isEmpty { texts.append("Zero in all epochs, and not drawn: \(absent.joined(separator: ", ")).") }
        return PageSection(
            title: "Components of the train loss", texts: texts + limit, content: [legend],
            drawings: present.map { name, title in figure(title) { $0.components[name] ?? nil } })
    }

    /// Nil where no run logged its steps.
    private var steps: PageSection? {
        let lines = drawn.compactMap { curve -> LineFigure.Line? in
            let losses = curve.record.epochs.flatMap { $0.stepLosses ?? [] }
            guard !losses.isEmpty else { return nil }
            let points = losses.enumerated().map { SvgElement.Point(Double($0 + 1), $1 ?? .nan) }
            return LineFigure.Line(name: curve.name, style: curve.style, points: points)
        }
        guard !lines.isEmpty else { return nil }
        return PageSection(
            title: "Train loss of each step", texts: ["The total loss of each batch, of runs with --log-steps."], content: [legend],
            drawings: [LineFigure(title: "total loss", horizontalTitle: "step", lines: lines, width: 700).drawing])
    }

    private func figure(
        _ title: String, _ scale: LineFigure.Scale = .linear, _ value: (EpochRecord) -> Double?
    ) -> SvgDrawing {
        let lines = drawn.map { curve in
            let points = curve.record.epochs.map { SvgElement.Point(Double($0.epoch), value($0) ?? .nan) }
            let tested = points.first { Int($0.x) == curve.record.result.testedEpoch }
            return LineFigure.Line(name: curve.name, style: curve.style, points: points, marked: tested)
        }
        return LineFigure(title: title, horizontalTitle: "epoch", lines: lines, scale: scale).drawing
    }
}
