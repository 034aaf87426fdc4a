import Foundation

/// A metric over the values of one setting: a point for each, at equal distances, with the deviation where there is one.
package struct SettingFigure: Sendable {
    package var title: String
    package var settingTitle: String
    /// In the order of the axis; names are the setting's values.
    package var points: [BarFigure.Bar]
    package var goal: BarFigure.Goal?
    package var width: Double

    package init(
        title: String, settingTitle: String, points: [BarFigure.Bar], goal: BarFigure.Goal? = nil, width: Double = 420
    ) {
        self.title = title
        self.settingTitle = settingTitle
        self.points = points
        self.goal = goal
        self.width = width
    }

    private static let (left, top, bottom) = (56.0, 30.0, 190.0)
    private static let colour = "#2b8cbe"

    private func x(_ index: Int) -> Double {
        Self.left + (Double(index) + 0.5) * (width - Self.left - 12) / Double(max(points.count, 1))
    }

    package var drawing: SvgDrawing {
        let axis = SvgAxis(points.flatMap(\.extent), from: Self.bottom, to: Self.top)
        let arrow = goal.map { $0 == .larger ? " ↑" : " ↓" } ?? ""
        var elements = [SvgElement.text(title + arrow, at: SvgElement.Point(Self.left, 16), size: 13, isBold: true)]
        elements += axis.vertical(at: Self.left, gridTo: width - 12)
        elements += segments.map { indices in
            .polyline(indices.map { SvgElement.Point(x($0), axis.position(of: points[$0].value ?? 0)) }, stroke: Self.colour)
        }
        for (index, point) in points.enumerated() { elements += mark(point, x(index), axis) }
        elements.append(
            .text(settingTitle, at: SvgElement.Point((Self.left + width - 12) / 2, Self.bottom + 38), anchor: .middle))
        return SvgDrawing(width: width, height: Self.bottom + 48, label: "\(title) over \(settingTitle)", elements: elements)
    }

    /// Runs of neighbouring points that have a value.
    private var segments: [[Int]] {
        points.indices.filter { points[$0].value?.isFinite == true }.reduce(into: [[Int]]()) { runs, index in
            if let last = runs.last?.last, last == index - 1 { runs[runs.count - 1].append(index) } else { runs.append([index]) }
        }
    }

    private func mark(_ point: BarFigure.Bar, _ x: Double, _ axis: SvgAxis) -> [SvgElement] {
        let name = SvgElement.text(point.name, at: SvgElement.Point(x, Self.bottom + 17), anchor: .middle, size: 11)
        guard let value = point.value, value.isFinite else { return [name] }
        let ends = point.extent.map(axis.position)
        let number = String(format: "%.4f", value) + (point.deviation.map { String(format: " ± %.4f", $0) } ?? "")
        return [
            name, .line(SvgElement.Point(x, ends[0]), SvgElement.Point(x, ends[1]), stroke: "currentColor"),
            .circle(
                SvgElement.Point(x, axis.position(of: value)), radius: 4, fill: Self.colour,
                tip: "\(settingTitle) \(point.name): \(number)"),
        ]
    }
}
