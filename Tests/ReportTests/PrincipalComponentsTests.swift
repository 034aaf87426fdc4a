import Report
import Testing

@Suite struct PrincipalComponentsTests {
    private func isClose(_ a: [Double], _ b: [Double]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 }
    }

    /// Along the axes of coordinates, with variances 9, 4 and 1 beside a mean.
    @Test func `points along the axes`() {
        let points = [[3.0, 0, 0], [-3, 0, 0], [0, 2, 0], [0, -2, 0], [0, 0, 1], [0, 0, -1]].map { [$0[0] + 5, $0[1], $0[2] - 1] }
        let components = PrincipalComponents(points)
        #expect(isClose(components.mean, [5, 0, -1]))
        #expect(isClose(components.axes[0], [1, 0, 0]) && isClose(components.axes[1], [0, 1, 0]))
        #expect(isClose(components.shares, [9.0 / 14, 4.0 / 14]))
        #expect(isClose(components.project([7, 3, 10]), [2, 3]))
    }

    /// The sums of products are [[10, 8], [8, 10]]: eigenvalues 18 and 2, with eigenvectors (1, 1) and (1, −1).
    @Test func `points beside a diagonal`() {
        let components = PrincipalComponents([[2, 1], [-2, -1], [1, 2], [-1, -2]])
        let half = 0.5.squareRoot()
        #expect(isClose(components.axes[0], [half, half]))
        #expect(isClose(components.axes[1].map(abs), [half, half]) && components.axes[1][0] * components.axes[1][1] < 0)
        #expect(isClose(components.shares, [0.9, 0.1]))
        #expect(abs(components.project([2, 1])[0] - 3 * half) < 1e-6)
    }

    @Test func `points of less than two dimensions`() {
        let line = PrincipalComponents([[0, 0], [3, 4], [6, 8]])
        #expect(isClose(line.axes[0], [0.6, 0.8]) && isClose(line.axes[1], [0, 0]))
        #expect(isClose(line.shares, [1, 0]))
        let point = PrincipalComponents([[1, 2], [1, 2]])
        #expect(isClose(point.project([1, 2]), [0, 0]) && isClose(point.shares, [0, 0]))
        #expect(PrincipalComponents([]).project([]) == [0, 0])
    }

    @Test(arguments: 0..<5) func `no direction has more variance, and projections are not correlated`(_ seed: Int) {
        var generator = Uniform(seed: UInt64(seed))
        let points = (0..<40).map { _ in
            let (a, b, c) = (generator.next() * 3, generator.next() * 1.5, generator.next())
            return [a + b, a - b + c, c, b * 0.5 + c]
        }
        let components = PrincipalComponents(points)
        let places = points.map(components.project)
        let (first, second) = (places.map { $0[0] }, places.map { $0[1] })
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let most = product(first, first)
        #expect(abs(product(first, second)) < 1e-4 * most, "seed \(seed)")
        for _ in 0..<50 {
            let direction = (0..<4).map { _ in generator.next() }
            let length = product(direction, direction)
            let along = points.map { product(zip($0, components.mean).map { $0 - $1 }, direction) }
            #expect(product(along, along) / length <= most * (1 + 1e-9), "seed \(seed)")
        }
    }
}

/// Numbers from −1 to 1.
private struct Uniform {
    private var state: UInt64

    init(seed: UInt64) { state = seed &+ 0x9e37_79b9_7f4a_7c15 }

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 52) - 1
    }
}
