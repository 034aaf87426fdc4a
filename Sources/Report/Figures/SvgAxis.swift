import Foundation

/// A linear axis: which values it spans, where they stand, and its ticks at round numbers.
package struct SvgAxis: Sendable {
    /// The ends of the axis, at its outermost ticks.
    package let range: ClosedRange<Double>
    /// Rising.
    package let ticks: [Double]
    /// Where the lower and the upper end stand; the upper end may be left of or above the lower.
    package let start: Double
    package let end: Double

    /// - Parameters:
    ///   - values: what the axis has to show; numbers that are not finite are left out.
    ///   - tickCount: about how many ticks.
    package init(_ values: [Double], from start: Double, to end: Double, tickCount: Int = 5) {
        // Beyond these the steps between ticks would not be numbers any more.
        let finite = values.filter { $0.isFinite && abs($0) < 1e100 }
        let (least, most) = (finite.min() ?? 0, finite.max() ?? 1)
        // Values that differ by rounding alone: ticks that close would be one number.
        let largest = max(abs(least), abs(most))
        let span = most - least > largest * 1e-9 ? most - least : max(largest, 1) / 10
        let step = Self.step(span, tickCount)
        let first = (least / step).rounded(.down)
        let last = max((most / step).rounded(.up), first + 1)
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        range = first * step...last * step
        self.start = start
        self.end = end
    }

    /// One, two or five times a power of ten.
    private static func step(_ span: Double, _ tickCount: Int) -> Double {
        let rough = span / Double(max(tickCount, 1))
        let power = pow(10, log10(rough).rounded(.down))
        let factor = [1.0, 2, 5].first { $0 * power >= rough * 0.999 } ?? 10
        return factor * power
    }

    package func position(of value: Double) -> Double {
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return start + min(max(share, 0), 1) * (end - start)
    }

    /// A tick's number with the digits that tell it from its neighbours.
    package func label(_ tick: Double) -> String {
        let step = ticks.count > 1 ? ticks[1] - ticks[0] : 1
        if max(abs(range.lowerBound), abs(range.upperBound)) >= 1e6 || step < 1e-6 { return String(format: "%.3g", tick) }
        return String(format: "%.\(max(0, Int((-log10(step) - 1e-9).rounded(.up))))f", abs(tick) < step / 2 ? 0 : tick)
    }

    // MARK: Drawing

    package static let lineColour = "#8b949e"
    package static let gridColour = "#8b949e40"

    /// Every first, second, … tick, so that the numbers below a horizontal axis do not touch each other.
    private func ticks(spacedFor size: Double) -> [Double] {
        let distance = abs(end - start) / Double(max(ticks.count - 1, 1))
        let width = TextWidth.widest(ticks.map(label), size: size) + 8
        let every = distance > 0 ? min(Int((width / distance).rounded(.up)), ticks.count) : 1
        return stride(from: 0, to: ticks.count, by: max(every, 1)).map { ticks[$0] }
    }

    /// Horizontal at height `y`: ticks and numbers below, and lines up to `top`.
    package func horizontal(at y: Double, gridTo top: Double) -> [SvgElement] {
        let lines = ticks(spacedFor: 11).flatMap { tick in
            let x = position(of: tick)
            return [
                SvgElement.line(SvgElement.Point(x, top), SvgElement.Point(x, y + 4), stroke: Self.gridColour),
                .text(label(tick), at: SvgElement.Point(x, y + 17), anchor: .middle, size: 11),
            ]
        }
        return lines + [.line(SvgElement.Point(start, y), SvgElement.Point(end, y), stroke: Self.lineColour)]
    }

    /// Vertical at `x`: ticks and numbers to the left, and lines to `right`.
    package func vertical(at x: Double, gridTo right: Double) -> [SvgElement] {
        let lines = ticks.flatMap { tick in
            let y = position(of: tick)
            return [
                SvgElement.line(SvgElement.Point(x - 4, y), SvgElement.Point(right, y), stroke: Self.gridColour),
                .text(label(tick), at: SvgElement.Point(x - 7, y + 4), anchor: .end, size: 11),
            ]
        }
        return lines + [.line(SvgElement.Point(x, start), SvgElement.Point(x, end), stroke: Self.lineColour)]
    }
}
