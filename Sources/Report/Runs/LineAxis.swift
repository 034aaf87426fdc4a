import Foundation

/// An axis of curves: where values stand, and which are named.
struct LineAxis {
    var ticks: [(position: Double, label: String)]
    private let place: @Sendable (Double) -> Double

    func position(of value: Double) -> Double { place(value) }

    /// From the round number below all values to that above.
    static func linear(_ values: [Double], from start: Double, to end: Double) -> LineAxis {
        let axis = SvgAxis(values, from: start, to: end, tickCount: 4)
        return LineAxis(ticks: axis.ticks.map { (axis.position(of: $0), axis.label($0)) }) { axis.position(of: $0) }
    }

    /// Logarithmic, with a tick at each of the values where they are few, and else at each power of ten.
    static func decades(_ values: [Double], from start: Double, to end: Double) -> LineAxis {
        let drawn = values.filter { $0 > 0 && $0.isFinite }
        let levels = Set(drawn).sorted()
        if let first = levels.first, let last = levels.last, levels.count <= 4,
            let axis = Self.levels(levels, log10(first) - 0.3, log10(last) + 0.3, from: start, to: end)
        {
            return axis
        }
        let logarithms = drawn.map { log10($0) }
        let least = ((logarithms.min() ?? 0) + 1e-9).rounded(.down)
        let most = max(((logarithms.max() ?? 1) - 1e-9).rounded(.up), least + 1)
        let position: @Sendable (Double) -> Double = { value in
            let share = value > 0 ? (log10(value) - least) / (most - least) : 0
            return start + min(max(share, 0), 1) * (end - start)
        }
        let step = max(1, ((most - least) / 5).rounded(.up))
        let ticks = stride(from: least, through: most, by: step).map { (position(pow(10, $0)), "1e\(Int($0))") }
        return LineAxis(ticks: ticks, place: position)
    }

    /// Logarithmic with a tick at each level; nil where the ticks would stand too close.
    private static func levels(
        _ levels: [Double], _ least: Double, _ most: Double, from start: Double, to end: Double
    ) -> LineAxis? {
        let position: @Sendable (Double) -> Double = { value in
            start + (value > 0 ? min(max((log10(value) - least) / (most - least), 0), 1) : 0) * (end - start)
        }
        let places = levels.map(position)
        guard zip(places, places.dropFirst()).allSatisfy({ abs($0 - $1) >= 14 }) else { return nil }
        return LineAxis(ticks: zip(places, levels).map { ($0, String(format: "%.3g", $1)) }, place: position)
    }

    /// Counts, such as epochs: from the least to the most, with ticks at whole numbers.
    static func counts(_ values: [Double], from start: Double, to end: Double) -> LineAxis {
        let (least, most) = (values.min() ?? 0, max(values.max() ?? 1, (values.min() ?? 0) + 1))
        let position: @Sendable (Double) -> Double = { value in start + (value - least) / (most - least) * (end - start) }
        let rough = max(1, (most - least) / 6)
        let power = pow(10, log10(rough).rounded(.down))
        let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        let ticks = stride(from: (least / step).rounded(.up) * step, through: most, by: step)
        return LineAxis(ticks: ticks.map { (position($0), String(format: "%.0f", $0)) }, place: position)
    }
}
