import Foundation

/// Text and vision features of the same samples in a plane: circles and triangles, with their centres and the line between.
package struct GapFigure: Sendable {
    package var title: String
    package var gap: ModalityGap

    package init(title: String, gap: ModalityGap) {
        self.title = title
        self.gap = gap
    }

    static let textStyle = LineStyle.all[0]
    static let visionStyle = LineStyle.all[1]
    private static let (left, top, side) = (26.0, 44.0, 270.0)

    package var drawing: SvgDrawing {
        let all = gap.text + gap.vision + [gap.textCentre, gap.visionCentre]
        let (xs, ys) = (all.map(\.x), all.map(\.y))
        let middle = SvgElement.Point(((xs.min() ?? 0) + (xs.max() ?? 0)) / 2, ((ys.min() ?? 0) + (ys.max() ?? 0)) / 2)
        // One scale for both axes, so that distances are what they look like.
        let reach = max((xs.max() ?? 0) - (xs.min() ?? 0), (ys.max() ?? 0) - (ys.min() ?? 0))
        func place(_ point: SvgElement.Point) -> SvgElement.Point {
            let scale = reach > 0 ? (Self.side - 20) / reach : 0
            return SvgElement.Point(
                Self.left + Self.side / 2 + (point.x - middle.x) * scale, Self.top + Self.side / 2 - (point.y - middle.y) * scale)
        }
        let points = gap.text.map { Self.dot(place($0), isText: true) } + gap.vision.map { Self.dot(place($0), isText: false) }
        let (text, vision) = (place(gap.textCentre), place(gap.visionCentre))
        var cloud = SvgElement.group(points)
        cloud.attributes.append(("fill-opacity", "0.55"))
        let centres = [
            SvgElement.line(text, vision, stroke: "currentColor", width: 1.5), Self.centre(text, isText: true),
            Self.centre(vision, isText: false),
        ]
        return SvgDrawing(
            width: Self.left + Self.side + 8, height: Self.top + Self.side + 26, label: title, elements: frame + [cloud] + centres)
    }

    private var frame: [SvgElement] {
        let number = gap.gap.map { String(format: "gap %.2f", $0) } ?? "no differences"
        var box = SvgElement.rectangle(SvgElement.Point(Self.left, Self.top), width: Self.side, height: Self.side, fill: "none")
        box.attributes.append(("stroke", SvgAxis.lineColour))
        let axes = gap.shares.enumerated().map { String(format: "component %d: %.0f %% of the variance", $0 + 1, $1 * 100) }
        let middle = SvgElement.Point(Self.left + Self.side / 2, Self.top + Self.side / 2)
        return [
            box, .text(title, at: SvgElement.Point(Self.left, 16), size: 13, isBold: true),
            .text(number, at: SvgElement.Point(Self.left, 34), size: 12),
            .text(axes.first ?? "", at: SvgElement.Point(middle.x, Self.top + Self.side + 16), anchor: .middle, size: 11),
            .text(axes.last ?? "", at: SvgElement.Point(Self.left - 8, middle.y), anchor: .middle, size: 11, turned: true),
        ]
    }

    // MARK: Marks

    static func dot(_ point: SvgElement.Point, isText: Bool, radius: Double = 2.4) -> SvgElement {
        guard !isText else { return .circle(point, radius: radius, fill: textStyle.colour) }
        let corners = [(0.0, -1.25), (1.1, 0.75), (-1.1, 0.75)].map { (x, y) in
            "\(SvgElement.pixels(point.x + x * radius)),\(SvgElement.pixels(point.y + y * radius))"
        }
        return SvgElement("polygon", [("points", corners.joined(separator: " ")), ("fill", visionStyle.colour)])
    }

    private static func centre(_ point: SvgElement.Point, isText: Bool) -> SvgElement {
        var mark = dot(point, isText: isText, radius: 7)
        mark.attributes += [("stroke", "#ffffff"), ("stroke-width", "2")]
        return mark
    }
}
