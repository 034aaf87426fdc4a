import Foundation

extension RunPage {
    var confusions: PageSection {
        let scheme = groups[0].runs[0].confusion.scheme
        let drawings = detailed.compactMap { group in
            group.confusion.map { Self.confusion($0, support: group.support, title: group.name) }
        }
        let failed = detailed.reduce(0) { $0 + ($1.confusion?.unpredicted ?? 0) }
        var texts = ["The test samples by \(scheme.title): the share of each actual class that was predicted as each class, so "
            + "that rows sum to one; behind each class the number of its samples."]
        if detailed.contains(where: { $0.runs.count > 1 }) { texts.append("Shares are over the predictions of all seeds of a run.") }
        if failed > 0 { texts.append("\(failed) predictions are not numbers, and not counted.") }
        return PageSection(title: "Confusion matrix", texts: texts + leftOut(Self.mostDetails), drawings: drawings)
    }

    private static func confusion(_ counts: ConfusionCounts, support: [Int], title: String) -> SvgDrawing {
        let names = counts.scheme.names
        return HeatmapFigure(
            title: title, rowTitle: "actual", columnTitle: "predicted", rows: zip(names, support).map { "\($0)  (\($1))" },
            columns: names, values: counts.shares, format: { String(format: "%.2f", $0) }
        ).drawing
    }

    var classAccuracy: PageSection {
        let scheme = groups[0].runs[0].confusion.scheme
        let groups = shown.filter { $0.group.runs[0].confusion.scheme == scheme }
        let series = groups.map { group, style in
            ClassBarFigure.Series(
                name: group.name, style: style,
                bars: scheme.names.indices.map { index in
                    let statistics = group.accuracy(ofClass: index)
                    return BarFigure.Bar(scheme.names[index], statistics?.mean, deviation: statistics?.deviation)
                })
        }
        var texts = ["The share of each class's test samples that was recognised: the diagonal of the confusion matrix."]
        if groups.contains(where: { $0.group.runs.count > 1 }) {
            texts.append("Bars are means over seeds, thin lines one standard deviation to each side.")
        }
        return PageSection(
            title: "Accuracy per class", texts: texts + leftOut(Self.mostGroups),
            content: groups.count > 1 ? [PageSection.legend(groups.map { ($0.group.name, Self.block($0.style)) })] : [],
            drawings: [ClassBarFigure(classes: scheme.names, classTitle: "actual class", series: series).drawing])
    }

    private static func block(_ style: LineStyle) -> SvgElement {
        .rectangle(SvgElement.Point(9, 0), width: 12, height: 12, fill: style.colour)
    }
}
