import Foundation

/// An element of an SVG drawing: its name, attributes, and what stands between its tags.
package struct SvgElement: Sendable {
    package var name: String
    package var attributes: [(name: String, value: String)]
    package var text: String?
    package var children: [SvgElement]

    package init(_ name: String, _ attributes: [(String, String)] = [], text: String? = nil, children: [SvgElement] = []) {
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children
    }

    /// The element as text.
    package var markup: String {
        let opening = ([name] + attributes.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }).joined(separator: " ")
        let content = Self.escaped(text ?? "") + children.map(\.markup).joined()
        return content.isEmpty ? "<\(opening)/>" : "<\(opening)>\(content)</\(name)>"
    }

    /// Text in which no character is taken for a part of the markup; control characters, which XML forbids, are dropped.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff: break
            case _: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A length or position in pixels, with at most two digits after the point.
    package static func pixels(_ value: Double) -> String {
        let rounded = value.isFinite ? (value * 100).rounded() / 100 : 0
        return rounded == rounded.rounded() && abs(rounded) < 1e9 ? String(Int(rounded)) : String(rounded)
    }
}

// MARK: Shapes

extension SvgElement {
    /// A point of a drawing, in pixels from its upper left corner.
    package struct Point: Hashable, Sendable {
        package var x: Double
        package var y: Double

        package init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    package enum Anchor: String, Sendable {
        case start, middle, end
    }

    package static func rectangle(_ origin: Point, width: Double, height: Double, fill: String, tip: String? = nil) -> SvgElement {
        SvgElement(
            "rect",
            [
                ("x", pixels(origin.x)), ("y", pixels(origin.y)), ("width", pixels(width)), ("height", pixels(height)),
                ("fill", fill),
            ], children: tip.map { [SvgElement("title", text: $0)] } ?? [])
    }

    package static func line(_ start: Point, _ end: Point, stroke: String, width: Double = 1) -> SvgElement {
        SvgElement(
            "line",
            [
                ("x1", pixels(start.x)), ("y1", pixels(start.y)), ("x2", pixels(end.x)), ("y2", pixels(end.y)),
                ("stroke", stroke), ("stroke-width", pixels(width)),
            ])
    }

    package static func polyline(_ points: [Point], stroke: String, width: Double = 1.5) -> SvgElement {
        let list = points.map { "\(pixels($0.x)),\(pixels($0.y))" }.joined(separator: " ")
        return SvgElement(
            "polyline",
            [
                ("points", list), ("fill", "none"), ("stroke", stroke), ("stroke-width", pixels(width)),
                ("stroke-linejoin", "round"),
            ])
    }

    package static func circle(_ centre: Point, radius: Double, fill: String, tip: String? = nil) -> SvgElement {
        SvgElement(
            "circle", [("cx", pixels(centre.x)), ("cy", pixels(centre.y)), ("r", pixels(radius)), ("fill", fill)],
            children: tip.map { [SvgElement("title", text: $0)] } ?? [])
    }

    /// A line of text; `point` is on its base line.
    ///
    /// - Parameter turned: whether it runs upwards.
    package static func text(
        _ text: String, at point: Point, anchor: Anchor = .start, size: Double = 12, fill: String = "currentColor",
        isBold: Bool = false, turned: Bool = false
    ) -> SvgElement {
        var attributes = [
            ("x", pixels(point.x)), ("y", pixels(point.y)), ("text-anchor", anchor.rawValue), ("font-size", pixels(size)),
            ("fill", fill),
        ]
        if isBold { attributes.append(("font-weight", "600")) }
        if turned { attributes.append(("transform", "rotate(-90 \(pixels(point.x)) \(pixels(point.y)))")) }
        return SvgElement("text", attributes, text: text)
    }

    /// Several elements, moved together.
    package static func group(_ children: [SvgElement], movedBy offset: Point = Point(0, 0)) -> SvgElement {
        let move = ("transform", "translate(\(pixels(offset.x)) \(pixels(offset.y)))")
        return SvgElement("g", offset.x != 0 || offset.y != 0 ? [move] : [], children: children)
    }
}
