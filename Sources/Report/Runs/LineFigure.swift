/// Numbers over epochs or steps, a line for each run.
package struct LineFigure: Sendable {
    package struct Line: Sendable {
        package var name: String
        package var style: LineStyle
        package var points: [SvgElement.Point]
        /// Where the epoch that was chosen stands.
        package var marked: SvgElement.Point?

        /// Numbers that are not finite are left out, and nothing is drawn across them.
        package init(name: String, style: LineStyle, points: [SvgElement.Point], marked: SvgElement.Point? = nil) {
            self.name = name
            self.style = style
            self.points = points
            self.marked = marked
        }
    }

    package enum Scale: Sendable {
        case linear
        case logarithmic
    }

    package var title: String
    package var horizontalTitle: String
    package var lines: [Line]
    package var scale: Scale
    package var width: Double

    package init(title: String, horizontalTitle: String, lines: [Line], scale: Scale = .linear, width: Double = 330) {
        self.title = title
        self.horizontalTitle = horizontalTitle
        self.lines = lines
        self.scale = scale
        self.width = width
    }

    private static let (left, top, bottom) = (52.0, 28.0, 172.0)

    private func isDrawn(_ point: SvgElement.Point) -> Bool {
        point.y.isFinite && abs(point.y) < 1e100 && (scale == .linear || point.y > 0)
    }

    package var drawing: SvgDrawing {
        let right = width - 10
        let values = lines.flatMap(\.points).filter(isDrawn)
        let across = LineAxis.counts(lines.flatMap(\.points).map(\.x), from: Self.left + 6, to: right - 6)
        let up: LineAxis
        switch scale {
        case .linear: up = .linear(values.map(\.y), from: Self.bottom, to: Self.top)
        case .logarithmic: up = .decades(values.map(\.y), from: Self.bottom, to: Self.top)
        }
        var elements = [SvgElement.text(title, at: SvgElement.Point(Self.left, 16), size: 13, isBold: true)]
        elements += grid(across, up, right)
        for line in lines { elements += draw(line, across, up) }
        elements.append(
            .text(horizontalTitle, at: SvgElement.Point((Self.left + right) / 2, Self.bottom + 34), anchor: .middle, size: 11))
        return SvgDrawing(width: width, height: Self.bottom + 42, label: "\(title) over \(horizontalTitle)", elements: elements)
    }

    private func grid(_ across: LineAxis, _ up: LineAxis, _ right: Double) -> [SvgElement] {
        let rows = up.ticks.flatMap { tick in
            [
                SvgElement.line(
                    SvgElement.Point(Self.left, tick.position), SvgElement.Point(right, tick.position), stroke: SvgAxis.gridColour),
                .text(tick.label, at: SvgElement.Point(Self.left - 6, tick.position + 4), anchor: .end, size: 11),
            ]
        }
        let columns = across.ticks.flatMap { tick in
            [
                SvgElement.line(
                    SvgElement.Point(tick.position, Self.bottom), SvgElement.Point(tick.position, Self.bottom + 4),
                    stroke: SvgAxis.lineColour),
                .text(tick.label, at: SvgElement.Point(tick.position, Self.bottom + 17), anchor: .middle, size: 11),
            ]
        }
        let foot = SvgElement.line(
            SvgElement.Point(Self.left, Self.bottom), SvgElement.Point(right, Self.bottom), stroke: SvgAxis.lineColour)
        return rows + columns + [foot]
    }

    private func draw(_ line: Line, _ across: LineAxis, _ up: LineAxis) -> [SvgElement] {
        func place(_ point: SvgElement.Point) -> SvgElement.Point {
            SvgElement.Point(across.position(of: point.x), up.position(of: point.y))
        }
        let runs = line.points.split { !isDrawn($0) }.map { $0.map(place) }
        var elements = runs.map { run -> SvgElement in
            // A point alone would not be seen as a line.
            if run.count == 1 { return .circle(run[0], radius: 2, fill: line.style.colour) }
            var curve = SvgElement.polyline(run, stroke: line.style.colour, width: 1.8)
            if !line.style.dashes.isEmpty { curve.attributes.append(("stroke-dasharray", line.style.dashes)) }
            curve.children = [SvgElement("title", text: line.name)]
            return curve
        }
        if let marked = line.marked, isDrawn(marked) {
            let tip = "\(line.name): the epoch that was tested"
            elements.append(.circle(place(marked), radius: 3.6, fill: line.style.colour, tip: tip))
        }
        return elements
    }
}
