import Foundation

/// The text and vision features of the same samples in the plane in which all of them together differ most.
package struct ModalityGap: Sendable {
    package typealias Point = SvgElement.Point

    /// Of at most `shownCount` samples, at equal distances in file order.
    package let text: [Point]
    package let vision: [Point]
    package let textCentre: Point
    package let visionCentre: Point
    /// The share of the variance along each axis.
    package let shares: [Double]
    /// The distance of the two modalities' means in all dimensions, by the root mean square distance of features from their own
    /// modality's mean; nil where they do not differ.
    package let gap: Double?

    package static let shownCount = 250

    /// - Parameters:
    ///   - text, vision: [N, width], row by row.
    /// - Returns: nil where numbers are not finite.
    package init?(text: [Float], vision: [Float], width: Int) {
        let (rows, others) = (Self.rows(text, width), Self.rows(vision, width))
        guard width > 0, !rows.isEmpty, rows.count == others.count, (rows + others).joined().allSatisfy(\.isFinite) else { return nil }
        let components = PrincipalComponents(rows + others)
        func point(_ row: [Double]) -> Point {
            let place = components.project(row)
            return Point(place[0], place[1])
        }
        let step = max(1, (rows.count + Self.shownCount - 1) / Self.shownCount)
        let shown = stride(from: 0, to: rows.count, by: step)
        self.text = shown.map { point(rows[$0]) }
        self.vision = shown.map { point(others[$0]) }
        let means = [Self.mean(rows), Self.mean(others)]
        (textCentre, visionCentre) = (point(means[0]), point(means[1]))
        shares = components.shares
        let spread = (Self.squaredDistance(rows, means[0]) + Self.squaredDistance(others, means[1])) / 2
        gap = spread > 0 ? (Self.squaredDistance([means[0]], means[1]) / spread).squareRoot() : nil
    }

    private static func rows(_ values: [Float], _ width: Int) -> [[Double]] {
        guard width > 0 else { return [] }
        return stride(from: 0, to: values.count - values.count % width, by: width).map { start in
            values[start..<(start + width)].map(Double.init)
        }
    }

    private static func mean(_ rows: [[Double]]) -> [Double] {
        rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
    }

    /// In the mean over the rows.
    private static func squaredDistance(_ rows: [[Double]], _ point: [Double]) -> Double {
        rows.reduce(0) { $0 + zip($1, point).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } } / Double(rows.count)
    }
}
