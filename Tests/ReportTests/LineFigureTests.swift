import Report
import Testing

@Suite struct LineFigureTests {
    private typealias Point = SvgElement.Point

    private func elements(_ scale: LineFigure.Scale, _ values: [Double], marked: Point? = nil) -> [SvgElement] {
        let points = values.enumerated().map { Point(Double($0 + 1), $1) }
        let line = LineFigure.Line(name: "a", style: LineStyle.all[1], points: points, marked: marked)
        return LineFigure(title: "loss", horizontalTitle: "epoch", lines: [line], scale: scale).drawing.elements
    }

    private func curves(_ elements: [SvgElement]) -> [[Point]] {
        elements.filter { $0.name == "polyline" }.map { element in
            (element.attributes.first { $0.name == "points" }?.value ?? "").split(separator: " ").map { pair in
                let numbers = pair.split(separator: ",").map { Double($0) ?? .nan }
                return Point(numbers[0], numbers[1])
            }
        }
    }

    @Test func `curves run from the first to the last epoch at their heights`() {
        let curve = curves(elements(.linear, [4, 2, 0]))[0]
        #expect(curve.count == 3 && abs(curve[1].x - curve[0].x - (curve[2].x - curve[1].x)) < 0.03)
        #expect(abs(curve[1].y - curve[0].y - (curve[2].y - curve[1].y)) < 0.03 && curve[0].y < curve[2].y)
    }

    @Test func `tenths of a rate are equal steps`() {
        let curve = curves(elements(.logarithmic, [1e-2, 1e-3, 1e-4]))[0]
        #expect(abs(curve[1].y - curve[0].y - (curve[2].y - curve[1].y)) < 0.03 && curve[0].y < curve[1].y)
    }

    @Test func `rates are named where they are few`() {
        func names(_ values: [Double]) -> [String] {
            elements(.logarithmic, values).filter { $0.name == "text" }.compactMap(\.text).filter { $0.contains(/^[0-9.e-]+$/) }
        }
        #expect(names([0.002, 0.002]).contains("0.002") && names([1e-2, 1e-3, 1e-3]).contains("0.001"))
        #expect(names([1e-1, 1e-2, 1e-3, 1e-4, 1e-5]).contains("1e-3"))
    }

    @Test func `nothing is drawn across what is no number`() {
        let drawn = elements(.linear, [1, 2, .nan, 3, .infinity, 4, 5], marked: Point(3, .nan))
        #expect(curves(drawn).map(\.count) == [2, 2])
        #expect(drawn.filter { $0.name == "circle" }.count == 1)
        #expect(elements(.logarithmic, [0, -1]).allSatisfy { $0.name != "polyline" })
        #expect(elements(.linear, [], marked: Point(1, 2)).filter { $0.name == "circle" }.count == 1)
    }
}
