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
    /// A cell with a frame, such as the best one: its row and column.
    package var marked: (row: Int, column: Int)?
    /// How a number is written into its cell.
    package var format: @Sendable (Double) -> String

    package init(
        title: String, rowTitle: String, columnTitle: String, rows: [String], columns: [String], values: [[Double?]],
        marked: (row: Int, column: Int)? = nil,
        format: @escaping @Sendable (Double) -> String = { String(format: "%.4f", $0) }
    ) {
        self.title = title
        self.rowTitle = rowTitle
        self.columnTitle = columnTitle
        self.rows = rows
        self.columns = columns
        self.values = values
        self.marked = marked
        self.format = format
    }

    private static let cellHeight = 30.0
    private static let top = 34.0
    private static let missing = "#8b949e30"

    private var left: Double { 34 + TextWidth.widest(rows, size: 11) }

    private var cellWidth: Double {
        max(52, TextWidth.widest(columns + values.joined().compactMap { $0.map(format) }, size: 11) + 12)
    }

    package var drawing: SvgDrawing {
        let scale = ColourScale(values.joined().compactMap { $0 })
        var elements = [SvgElement.text(title, at: SvgElement.Point(left, 18), size: 13, isBold: true)]
        for (row, cells) in values.enumerated() {
            for (column, value) in cells.enumerated() { elements += cell(value, row, column, scale) }
        }
        if let marked {
            var frame = SvgElement.rectangle(
                corner(marked.row, marked.column), width: cellWidth - 2, height: Self.cellHeight - 2, fill: "none")
            frame.attributes += [("stroke", "#d1242f"), ("stroke-width", "2")]
            elements.append(frame)
        }
        let bottom = Self.top + Double(rows.count) * Self.cellHeight
        let right = left + max(Double(columns.count) * cellWidth + 8, TextWidth.of(title, size: 13) + 16)
        return SvgDrawing(width: right, height: bottom + 44, label: title, elements: elements + labels(bottom))
    }

    private func corner(_ row: Int, _ column: Int) -> SvgElement.Point {
        SvgElement.Point(left + Double(column) * cellWidth + 1, Self.top + Double(row) * Self.cellHeight + 1)
    }

    private func cell(_ value: Double?, _ row: Int, _ column: Int, _ scale: ColourScale) -> [SvgElement] {
        let corner = corner(row, column)
        let name = "\(rowTitle) \(label(rows, row)), \(columnTitle) \(label(columns, column))"
        let fill = value.map(scale.colour) ?? Self.missing
        let text = value.map(format) ?? "–"
        return [
            .rectangle(corner, width: cellWidth - 2, height: Self.cellHeight - 2, fill: fill, tip: "\(name): \(text)"),
            .text(
                text, at: SvgElement.Point(corner.x + cellWidth / 2 - 1, corner.y + Self.cellHeight / 2 + 3), anchor: .middle,
                size: 11, fill: value.map(scale.textColour) ?? "currentColor"),
        ]
    }

    private func label(_ labels: [String], _ index: Int) -> String { index < labels.count ? labels[index] : "\(index)" }

    private func labels(_ bottom: Double) -> [SvgElement] {
        let middle = (left + Double(columns.count) * cellWidth / 2, (Self.top + bottom) / 2)
        let sides = rows.enumerated().map { index, row in
            SvgElement.text(
                row, at: SvgElement.Point(left - 6, Self.top + (Double(index) + 0.5) * Self.cellHeight + 4), anchor: .end, size: 11)
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
