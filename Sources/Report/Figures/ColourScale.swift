import Foundation

/// Colours for numbers between two ends, from pale to dark, so that they are told apart without colour vision, too.
package struct ColourScale: Sendable {
    package let range: ClosedRange<Double>
    private let darkIsSmall: Bool

    /// - Parameters:
    ///   - values: what is to be shown; numbers that are not finite are left out.
    ///   - darkIsSmall: whether the smallest value is the dark end, where smaller is better.
    package init(_ values: [Double], darkIsSmall: Bool = false) {
        self.darkIsSmall = darkIsSmall
        let finite = values.filter(\.isFinite)
        range = (finite.min() ?? 0)...(finite.max() ?? 1)
    }

    /// Red, green and blue at equal distances.
    private static let stops: [[Double]] = [
        [247, 252, 240], [204, 235, 197], [123, 204, 196], [43, 140, 190], [8, 64, 129],
    ]

    /// Where a value stands between the pale end and the dark one, 0…1; all values that are alike stand in the middle.
    package func share(_ value: Double) -> Double {
        // Halves, so that the difference of the largest numbers is one.
        let width = range.upperBound / 2 - range.lowerBound / 2
        guard width > 0, value.isFinite else { return 0.5 }
        let share = min(max((value / 2 - range.lowerBound / 2) / width, 0), 1)
        return darkIsSmall ? 1 - share : share
    }

    /// As `#rrggbb`.
    package func colour(_ value: Double) -> String { Self.colour(share: share(value)) }

    /// The colour of a text that can be read on a value's colour.
    package func textColour(_ value: Double) -> String { share(value) > 0.72 ? "#ffffff" : "#1f2328" }

    package static func colour(share: Double) -> String {
        let place = share * Double(stops.count - 1)
        let lower = min(Int(place), stops.count - 2)
        let part = place - Double(lower)
        let channels = zip(stops[lower], stops[lower + 1]).map { Int(($0 + ($1 - $0) * part).rounded()) }
        return "#" + channels.map { String(format: "%02x", $0) }.joined()
    }
}
