import Foundation
import Report
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Drawings are well-formed whatever they are to show, and show each number where it belongs.
@Suite struct FigureTests {
    /// All elements of a drawing's file, by name; a parser of XML reads them.
    private final class Elements: NSObject, XMLParserDelegate {
        var attributes: [(name: String, values: [String: String])] = []
        var text = ""

        init(_ file: String) throws {
            super.init()
            let parser = XMLParser(data: Data(file.utf8))
            parser.delegate = self
            try #require(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "no XML"): \(file)")
        }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes values: [String: String]
        ) {
            attributes.append((name, values))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

        func all(_ name: String) -> [[String: String]] { attributes.filter { $0.name == name }.map(\.values) }
    }

    @Test func `names cannot become markup`() throws {
        let name = "<script>&\"' \u{1} ü"
        let figure = BarFigure(title: name, bars: [BarFigure.Bar(name, 1)])
        let elements = try Elements(figure.drawing.file)
        #expect(elements.all("script").isEmpty)
        #expect(elements.text.contains("<script>&\"'  ü"))
    }

    @Test func `a heatmap has a cell for each number, and no colour for a missing one`() throws {
        let figure = HeatmapFigure(
            title: "MAE", rowTitle: "beta", columnTitle: "alpha", rows: ["0.1", "0.5"], columns: ["1", "2", "3"],
            values: [[0.25, 0.5, nil], [0.75, 1, 0.25]], marked: (1, 2))
        let elements = try Elements(figure.drawing.file)
        // The ground and the frame are rectangles, too.
        let cells = elements.all("rect").filter { $0["fill"] != "none" && $0["fill"] != "#ffffff" }
        #expect(cells.count == 6)
        #expect(cells[0]["fill"] == ColourScale.colour(share: 0))
        #expect(cells[4]["fill"] == ColourScale.colour(share: 1))
        #expect(cells[5]["fill"] == cells[0]["fill"])
        let known = Set([0, 1.0 / 3, 2.0 / 3, 1].map(ColourScale.colour))
        #expect(!known.contains(try #require(cells[2]["fill"])))
        #expect(elements.text.contains("beta 0.5, alpha 2: 1.0000"))
        #expect(elements.all("rect").filter { $0["stroke"] != nil }.map { $0["x"] } == [cells[5]["x"]])
    }

    @Test func `dark is better whichever way a metric goes`() throws {
        for (goal, best) in [(BarFigure.Goal.smaller, 0), (.larger, 1)] {
            let figure = HeatmapFigure(
                title: "MAE", rowTitle: "beta", columnTitle: "alpha", rows: ["0.1"], columns: ["1", "2"], values: [[0.25, 0.5]],
                deviations: [[0.125, nil]], goal: goal)
            let elements = try Elements(figure.drawing.file)
            let cells = elements.all("rect").filter { $0["fill"] != "none" && $0["fill"] != "#ffffff" }
            #expect(cells[best]["fill"] == ColourScale.colour(share: 1) && cells[1 - best]["fill"] == ColourScale.colour(share: 0))
            #expect(elements.text.contains("alpha 1: 0.2500 ± 0.1250") && elements.text.contains("worse"))
        }
    }

    @Test func `numbers below an axis do not touch`() throws {
        for width in stride(from: 60.0, through: 600, by: 20) {
            let axis = SvgAxis([0.915, 0.9349], from: 0, to: width, tickCount: 4)
            let labels = axis.horizontal(at: 10, gridTo: 0).filter { $0.name == "text" }
            let places = labels.compactMap { $0.attributes.first { $0.name == "x" }.flatMap { Double($0.value) } }
            let widest = TextWidth.widest(labels.compactMap(\.text), size: 11)
            #expect(!places.isEmpty && zip(places, places.dropFirst()).allSatisfy { $1 - $0 > widest }, "\(width): \(places)")
        }
    }

    @Test func `a title stands above a drawing that keeps its distance from the edge`() throws {
        let one = SvgDrawing(width: 10, height: 20, label: "one", elements: [.circle(SvgElement.Point(1, 2), radius: 3, fill: "red")])
        let titled = one.titled("all", margin: 8)
        #expect(titled.width >= 26 && titled.height > 36)
        let elements = try Elements(titled.file)
        #expect(elements.text.contains("all") && elements.all("g").contains { $0["transform"]?.hasPrefix("translate(8 ") == true })
    }

    @Test func `bars begin at the reference and go to their values`() throws {
        let bars = [BarFigure.Bar("full", 2), BarFigure.Bar("less", 1), BarFigure.Bar("more", 4), BarFigure.Bar("failed", nil)]
        let elements = try Elements(BarFigure(title: "F1", bars: bars, reference: 0, goal: .larger).drawing.file)
        let shapes = elements.all("rect").filter { $0["fill"] != "#ffffff" }
        try #require(shapes.count == 2)
        let (x, width) = (shapes.map { Double($0["x"] ?? "") ?? .nan }, shapes.map { Double($0["width"] ?? "") ?? .nan })
        #expect(abs(x[0] + width[0] - x[1]) < 0.02)
        #expect(abs(width[1] - 2 * width[0]) < 0.03)
        #expect(shapes[0]["fill"] != shapes[1]["fill"])
        #expect(elements.text.contains("–"))
    }

    @Test func `ticks are round, hold all values and stand in order`() {
        for (values, ticks) in [
            ([0.0, 1], [0, 0.2, 0.4, 0.6, 0.8, 1]), ([3.0, 17], [0, 5, 10, 15, 20]), ([-1.0, 1], [-1, -0.5, 0, 0.5, 1]),
        ] {
            let axis = SvgAxis(values, from: 0, to: 100)
            #expect(zip(axis.ticks, ticks).allSatisfy { abs($0 - $1) < 1e-12 } && axis.ticks.count == ticks.count)
        }
        for values in [[], [5], [0], [1e300, -1e300], [.nan, .infinity], [1, 1 + 1e-15], [-1e-300, 1e-300], [1e15, 1e15 + 1]] {
            let axis = SvgAxis(values, from: 0, to: 100)
            let places = axis.ticks.map(axis.position)
            #expect((2...20).contains(axis.ticks.count), "\(values)")
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 } && places.allSatisfy(\.isFinite), "\(values)")
            #expect(Set(axis.ticks.map(axis.label)).count == axis.ticks.count || values.contains(1e15), "\(axis.ticks.map(axis.label))")
        }
    }

    @Test func `numbers that are not finite do not reach the drawing`() throws {
        let odd: [Double?] = [.nan, .infinity, nil, -1e308, 1e308]
        let bars = odd.map { BarFigure.Bar("x", $0, deviation: .nan) }
        for drawing in [
            BarFigure(title: "t", bars: bars, reference: 0).drawing, BarFigure(title: "t", bars: []).drawing,
            SettingFigure(title: "t", settingTitle: "s", points: bars).drawing,
            SettingFigure(title: "t", settingTitle: "s", points: []).drawing,
            HeatmapFigure(title: "t", rowTitle: "r", columnTitle: "c", rows: ["1"], columns: [], values: [odd]).drawing,
        ] {
            for (name, attributes) in try Elements(drawing.file).attributes {
                for (key, value) in attributes where ["x", "y", "x1", "x2", "cx", "cy", "width", "height", "points"].contains(key) {
                    #expect(!value.contains("nan") && !value.contains("inf"), "\(name) \(key)")
                }
            }
        }
    }

    @Test func `drawings in a grid keep their sizes`() throws {
        let one = SvgDrawing(width: 10, height: 20, label: "one", elements: [.circle(SvgElement.Point(1, 2), radius: 3, fill: "red")])
        let grid = SvgDrawing.grid([one, one, one], columns: 2, gap: 5, label: "three")
        #expect(grid.width == 25 && grid.height == 45)
        #expect(try Elements(grid.file).all("g").compactMap { $0["transform"] } == ["translate(15 0)", "translate(0 25)"])
        #expect(SvgDrawing.below([one, one], gap: 5, label: "two").height == 45)
    }
}
