import Data

/// The two directions in which points differ most.
///
/// Found by power iteration on XᵀX, the second one among the vectors at right angles to the first; a direction points to
/// where its largest entry is positive.
package struct PrincipalComponents: Sendable {
    package let mean: [Double]
    /// Unit vectors; zeros where the points do not differ any more.
    package let axes: [[Double]]
    /// Each axis's share of the points' variance.
    package let shares: [Double]

    private static let iterations = 1000
    private static let tolerance = 1e-10

    /// - Parameter points: finite rows of one length.
    package init(_ points: [[Double]]) {
        let width = points.first?.count ?? 0
        let count = Double(max(points.count, 1))
        let mean = (0..<width).map { column in points.reduce(0) { $0 + $1[column] } / count }
        let centred = points.map { Self.difference($0, mean) }
        let total = centred.reduce(0) { $0 + Self.dot($1, $1) }
        var (axes, shares): ([[Double]], [Double]) = ([], [])
        for number in 0..<2 {
            let axis = Self.axis(centred, width, orthogonalTo: axes, stream: UInt64(number))
            let explained = centred.reduce(0) { $0 + Self.dot($1, axis) * Self.dot($1, axis) }
            axes.append(axis)
            shares.append(total > 0 ? explained / total : 0)
        }
        (self.mean, self.axes, self.shares) = (mean, axes, shares)
    }

    /// A point's coordinates along the axes.
    package func project(_ point: [Double]) -> [Double] {
        let centred = Self.difference(point, mean)
        return axes.map { Self.dot(centred, $0) }
    }

    private static func axis(_ rows: [[Double]], _ width: Int, orthogonalTo others: [[Double]], stream: UInt64) -> [Double] {
        var generator = SplitMix64(seed: 1, stream: stream)
        var axis = normalized((0..<width).map { _ in generator.uniform() - 0.5 }, without: others)
        for _ in 0..<iterations {
            var next = [Double](repeating: 0, count: width)
            for row in rows {
                let weight = dot(row, axis)
                for column in 0..<width { next[column] += weight * row[column] }
            }
            next = normalized(next, without: others)
            let change = difference(next, axis)
            axis = next
            if dot(change, change) < tolerance * tolerance { break }
        }
        let largest = axis.max { abs($0) < abs($1) } ?? 0
        return largest < 0 ? axis.map { -$0 } : axis
    }

    /// The unit vector of what is left beside others; zeros where nothing but rounding is left.
    private static func normalized(_ vector: [Double], without others: [[Double]]) -> [Double] {
        let size = dot(vector, vector).squareRoot()
        var rest = vector
        for other in others {
            let share = dot(rest, other)
            for column in rest.indices { rest[column] -= share * other[column] }
        }
        let length = dot(rest, rest).squareRoot()
        guard length > size * 1e-9, length > 0 else { return [Double](repeating: 0, count: vector.count) }
        return rest.map { $0 / length }
    }

    private static func difference(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 - $1 } }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }
}
