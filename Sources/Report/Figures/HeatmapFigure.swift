import Foundation

/// A grid of numbers, each in a cell of its colour: one metric over two settings, or a confusion matrix.
package struct HeatmapFigure: Sendable {
    package var title: String
    package var rowTitle: String
    package var columnTitle: String
    package var rows: [String]
    package var columns: [String]
    /// By row, then column; nil where there is no number.
    package var values: [[Double?]]
    /// Like the values; empty where there are no deviations.
    package var deviations: [[Double?]]
    /// Which values are better, where that is known: the dark ones.
    package var goal: BarFigure.Goal?
    /// A cell with a frame, such as the best one: its row and column.
    package var marked: (row: Int, column: Int)?
    /// How a number is written into its cell.
    package var format: @Sendable (Double) -> String

    package init(
        title: String, rowTitle: String, columnTitle: String, rows: [String], columns: [String], values: [[Double?]],
        deviations: [[Double?]] = [], goal: BarFigure.Goal? = nil, marked: (row: Int, column: Int)? = nil,
        format: @escaping @Sendable (Double) -> String = { String(format: "%.4f", $0) }
    ) {
        self.title = title
        self.rowTitle = rowTitle
        self.columnTitle = columnTitle
        self.rows = rows
        self.columns = columns
        self.values = values
        self.deviations = deviations
        self.goal = goal
        self.marked = marked
        self.format = format
    }

    private static let top = 34.0
    private static let missing = "#8b949e30"

    private var left: Double { 34 + TextWidth.widest(rows, size: 11) }

    private var cellWidth: Double {
        let deviations = deviations.joined().compactMap { $0.map { "± " + format($0) } }
        return max(52, TextWidth.widest(columns + values.joined().compactMap { $0.map(format) } + deviations, size: 11) + 12)
    }

    /// A second line where there are deviations.
    private var cellHeight: Double { deviations.joined().contains { $0 != nil } ? 42 : 30 }

    package var drawing: SvgDrawing {
        let scale = ColourScale(values.joined().compactMap { $0 }, darkIsSmall: goal == .smaller)
        var elements = [SvgElement.text(titleWithArrow, at: SvgElement.Point(left, 18), size: 13, isBold: true)]
        for (row, cells) in values.enumerated() {
            for (column, value) in cells.enumerated() { elements += cell(value, row, column, scale) }
        }
        if let marked {
            var frame = SvgElement.rectangle(
                corner(marked.row, marked.column), width: cellWidth - 2, height: cellHeight - 2, fill: "none")
            frame.attributes += [("stroke", "#d1242f"), ("stroke-width", "2")]
            elements.append(frame)
        }
        let bottom = Self.top + Double(rows.count) * cellHeight
        let right = left + max(Double(columns.count) * cellWidth + 8, TextWidth.of(titleWithArrow, size: 13) + 16)
        return SvgDrawing(
            width: right, height: bottom + (goal == nil ? 44 : 66), label: title, elements: elements + labels(bottom) + legend(bottom))
    }

    private var titleWithArrow: String { title + (goal.map { $0 == .larger ? " ↑" : " ↓" } ?? "") }

    /// Which colours are better.
    private func legend(_ bottom: Double) -> [SvgElement] {
        guard goal != nil else { return [] }
        let (steps, size, y) = (5, 12.0, bottom + 46)
        let start = left + TextWidth.of("worse", size: 11) + 2
        let swatches = (0..<steps).map { step in
            SvgElement.rectangle(
                SvgElement.Point(start + Double(step) * size, y), width: size, height: size,
                fill: ColourScale.colour(share: Double(step) / Double(steps - 1)))
        }
        return swatches + [
            .text("worse", at: SvgElement.Point(start - 5, y + 10), anchor: .end, size: 11),
            .text("better", at: SvgElement.Point(start + Double(steps) * size + 5, y + 10), size: 11),
        ]
    }

    private func corner(_ row: Int, _ column: Int) -> SvgElement.Point {
        SvgElement.Point(left + Double(column) * cellWidth + 1, Self.top + Double(row) * cellHeight + 1)
    }

    private func cell(_ value: Double?, _ row: Int, _ column: Int, _ scale: ColourScale) -> [SvgElement] {
        let corner = corner(row, column)
        let name = "\(rowTitle) \(label(rows, row)), \(columnTitle) \(label(columns, column))"
        let fill = value.map(scale.colour) ?? Self.missing
        var lines = [value.map(format) ?? "–"]
        if value != nil, let deviation = deviation(row, column) { lines.append("± " + format(deviation)) }
        let box = SvgElement.rectangle(
            corner, width: cellWidth - 2, height: cellHeight - 2, fill: fill, tip: "\(name): \(lines.joined(separator: " "))")
        let first = corner.y + cellHeight / 2 + 3 - Double(lines.count - 1) * 7
        let colour = value.map(scale.textColour) ?? "currentColor"
        let texts = lines.enumerated().map { index, line in
            let place = SvgElement.Point(corner.x + cellWidth / 2 - 1, first + Double(index) * 14)
            return SvgElement.text(line, at: place, anchor: .middle, size: index == 0 ? 11 : 10, fill: colour)
        }
        return [box] + texts
    }

    private func deviation(_ row: Int, _ column: Int) -> Double? {
        guard deviations.indices.contains(row), deviations[row].indices.contains(column) else { return nil }
        return deviations[row][column].flatMap { $0.isFinite ? $0 : nil }
    }

    private func label(_ labels: [String], _ index: Int) -> String { index < labels.count ? labels[index] : "\(index)" }

    private func labels(_ bottom: Double) -> [SvgElement] {
        let middle = (left + Double(columns.count) * cellWidth / 2, (Self.top + bottom) / 2)
        let sides = rows.enumerated().map { index, row in
            SvgElement.text(
                row, at: SvgElement.Point(left - 6, Self.top + (Double(index) + 0.5) * cellHeight + 4), anchor: .end, size: 11)
        }
        let feet = columns.enumerated().map { index, column in
            SvgElement.text(
                column, at: SvgElement.Point(left + (Double(index) + 0.5) * cellWidth, bottom + 16), anchor: .middle, size: 11)
        }
        return sides + feet + [
            .text(columnTitle, at: SvgElement.Point(middle.0, bottom + 35), anchor: .middle, size: 12),
            .text(rowTitle, at: SvgElement.Point(14, middle.1), anchor: .middle, size: 12, turned: true),
        ]
    }
}
