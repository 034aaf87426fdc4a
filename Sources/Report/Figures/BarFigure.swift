import Foundation

/// A metric of several runs as horizontal bars, with the deviation where there is one.
///
/// With a reference the bars begin at its value, so that small differences are seen: what is better than the reference lies
/// on one side of its line, what is worse on the other. Without one they begin at zero.
package struct BarFigure: Sendable {
    package struct Bar: Sendable {
        package var name: String
        /// Nil where there is no number.
        package var value: Double?
        package var deviation: Double?

        package init(_ name: String, _ value: Double?, deviation: Double? = nil) {
            self.name = name
            self.value = value
            self.deviation = deviation
        }

        /// Where the value and its deviation reach to.
        var extent: [Double] {
            guard let value, value.isFinite else { return [] }
            return [value - (deviation ?? 0), value + (deviation ?? 0)]
        }
    }

    package enum Goal: String, Sendable {
        case smaller, larger
    }

    package var title: String
    package var bars: [Bar]
    /// The bar that the others are compared with.
    package var reference: Int?
    /// Which values are better, where that is known.
    package var goal: Goal?
    package var width: Double

    package init(title: String, bars: [Bar], reference: Int? = nil, goal: Goal? = nil, width: Double = 420) {
        self.title = title
        self.bars = bars
        self.reference = reference
        self.goal = goal
        self.width = width
    }

    private static let rowHeight = 24.0
    private static let top = 30.0
    private static let numberWidth = 112.0
    private static let (plain, better, worse) = ("#2b8cbe", "#2b8cbe", "#d9822b")

    private var referenceValue: Double? {
        guard let reference, bars.indices.contains(reference), let value = bars[reference].value, value.isFinite else { return nil }
        return value
    }

    package var drawing: SvgDrawing {
        let left = TextWidth.widest(bars.map(\.name), size: 12) + 12
        let right = max(width - Self.numberWidth, left + 110)
        let bottom = Self.top + Double(bars.count) * Self.rowHeight
        let axis = SvgAxis(bars.flatMap(\.extent) + [referenceValue ?? 0], from: left, to: right, tickCount: 4)
        let arrow = goal.map { $0 == .larger ? " ↑" : " ↓" } ?? ""
        var elements = [SvgElement.text(title + arrow, at: SvgElement.Point(left, 16), size: 13, isBold: true)]
        elements += axis.horizontal(at: bottom, gridTo: Self.top)
        for (index, bar) in bars.enumerated() {
            elements += row(bar, middle: Self.top + (Double(index) + 0.5) * Self.rowHeight, left, right, axis)
        }
        let origin = axis.position(of: referenceValue ?? 0)
        elements.append(.line(SvgElement.Point(origin, Self.top), SvgElement.Point(origin, bottom), stroke: "currentColor"))
        return SvgDrawing(width: right + Self.numberWidth, height: bottom + 26, label: title, elements: elements)
    }

    private func row(_ bar: Bar, middle: Double, _ left: Double, _ right: Double, _ axis: SvgAxis) -> [SvgElement] {
        let name = SvgElement.text(bar.name, at: SvgElement.Point(left - 8, middle + 4), anchor: .end)
        guard let value = bar.value, value.isFinite else {
            return [name, .text("–", at: SvgElement.Point(right + 8, middle + 4), size: 11)]
        }
        let number = String(format: "%.4f", value) + (bar.deviation.map { String(format: " ± %.4f", $0) } ?? "")
        let (origin, place) = (axis.position(of: referenceValue ?? 0), axis.position(of: value))
        let shape: SvgElement
        if referenceValue == value {
            shape = .circle(SvgElement.Point(place, middle), radius: 4.5, fill: Self.plain, tip: "\(bar.name): \(number)")
        } else {
            shape = .rectangle(
                SvgElement.Point(min(origin, place), middle - 7), width: abs(place - origin), height: 14, fill: colour(value),
                tip: "\(bar.name): \(number)")
        }
        return [name, shape] + whisker(bar, middle, axis)
            + [.text(number, at: SvgElement.Point(right + 8, middle + 4), size: 11)]
    }

    private func colour(_ value: Double) -> String {
        guard let referenceValue, let goal else { return Self.plain }
        return (value > referenceValue) == (goal == .larger) ? Self.better : Self.worse
    }

    private func whisker(_ bar: Bar, _ middle: Double, _ axis: SvgAxis) -> [SvgElement] {
        guard let deviation = bar.deviation, deviation > 0, deviation.isFinite else { return [] }
        let ends = bar.extent.map(axis.position)
        return [.line(SvgElement.Point(ends[0], middle), SvgElement.Point(ends[1], middle), stroke: "currentColor")]
            + ends.map { .line(SvgElement.Point($0, middle - 3), SvgElement.Point($0, middle + 3), stroke: "currentColor") }
    }
}
