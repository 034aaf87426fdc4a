import Foundation

/// The accuracy of each class, a bar for each run side by side, with the deviation where there is one.
package struct ClassBarFigure: Sendable {
    package struct Series: Sendable {
        package var name: String
        package var style: LineStyle
        /// By class; nil where a class has no samples.
        package var bars: [BarFigure.Bar]
    }

    package var classes: [String]
    package var classTitle: String
    package var series: [Series]
    package var width: Double = 700

    private static let (left, top, bottom) = (46.0, 14.0, 230.0)

    package var drawing: SvgDrawing {
        let right = width - 8
        let axis = SvgAxis([0, 1], from: Self.bottom, to: Self.top)
        var elements = axis.vertical(at: Self.left, gridTo: right)
        let cell = (right - Self.left) / Double(max(classes.count, 1))
        for (index, name) in classes.enumerated() {
            let start = Self.left + Double(index) * cell
            elements.append(.text(name, at: SvgElement.Point(start + cell / 2, Self.bottom + 17), anchor: .middle, size: 12))
            elements += bars(of: index, from: start, cell, axis)
        }
        let foot = SvgElement.line(
            SvgElement.Point(Self.left, Self.bottom), SvgElement.Point(right, Self.bottom), stroke: SvgAxis.lineColour)
        elements += [
            foot, .text(classTitle, at: SvgElement.Point((Self.left + right) / 2, Self.bottom + 36), anchor: .middle),
            .text("accuracy", at: SvgElement.Point(12, (Self.top + Self.bottom) / 2), anchor: .middle, turned: true),
        ]
        return SvgDrawing(width: width, height: Self.bottom + 46, label: "accuracy per class", elements: elements)
    }

    private func bars(of index: Int, from start: Double, _ cell: Double, _ axis: SvgAxis) -> [SvgElement] {
        let thickness = min(46, cell * 0.84 / Double(max(series.count, 1)))
        let first = start + (cell - thickness * Double(series.count)) / 2
        return series.enumerated().flatMap { number, series -> [SvgElement] in
            guard index < series.bars.count, let value = series.bars[index].value else { return [] }
            let (x, top) = (first + Double(number) * thickness, axis.position(of: value))
            let deviation = series.bars[index].deviation
            let number = String(format: "%.2f", value) + (deviation.map { String(format: " ± %.2f", $0) } ?? "")
            var elements = [
                SvgElement.rectangle(
                    SvgElement.Point(x + 1, top), width: thickness - 2, height: Self.bottom - top, fill: series.style.colour,
                    tip: "\(series.name), \(classes[index]): \(number)")
            ]
            var lowest = top
            if let deviation, deviation > 0 {
                let ends = [value - deviation, value + deviation].map(axis.position)
                lowest = ends[1]
                let middle = x + thickness / 2
                elements.append(.line(SvgElement.Point(middle, ends[0]), SvgElement.Point(middle, ends[1]), stroke: "currentColor"))
            }
            if thickness >= 24 {
                elements.append(
                    .text(
                        String(format: "%.2f", value), at: SvgElement.Point(x + thickness / 2, lowest - 4), anchor: .middle, size: 10))
            }
            return elements
        }
    }
}
