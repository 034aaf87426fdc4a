/// A drawing of a size, as an element of an HTML page or as a file of its own.
///
/// Text takes the colour of the page that the drawing stands in.
package struct SvgDrawing: Sendable {
    package var width: Double
    package var height: Double
    /// What the drawing shows, for those who cannot see it.
    package var label: String
    package var elements: [SvgElement]

    package init(width: Double, height: Double, label: String, elements: [SvgElement]) {
        self.width = width
        self.height = height
        self.label = label
        self.elements = elements
    }

    private static let font = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"

    /// For an HTML page.
    package var markup: String { element(elements).markup }

    /// The text of a file, with a white ground.
    package var file: String {
        let ground = SvgElement.rectangle(SvgElement.Point(0, 0), width: width, height: height, fill: "#ffffff")
        var root = element([ground] + elements)
        root.attributes.append(("color", "#1f2328"))
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root.markup + "\n"
    }

    /// With a margin on all sides and a title above.
    package func titled(_ title: String, margin: Double = 16) -> SvgDrawing {
        let size = 15.0
        let top = margin + size + 13
        return SvgDrawing(
            width: max(width, TextWidth.of(title, size: size)) + 2 * margin, height: height + top + margin, label: label,
            elements: [
                .text(title, at: SvgElement.Point(margin, margin + size), size: size, isBold: true),
                .group(elements, movedBy: SvgElement.Point(margin, top)),
            ])
    }

    private func element(_ content: [SvgElement]) -> SvgElement {
        let (width, height) = (SvgElement.pixels(width), SvgElement.pixels(height))
        return SvgElement(
            "svg",
            [
                ("xmlns", "http://www.w3.org/2000/svg"), ("width", width), ("height", height),
                ("viewBox", "0 0 \(width) \(height)"), ("font-family", Self.font), ("role", "img"), ("aria-label", label),
            ], children: content)
    }

    /// One below the other, each at its own size.
    package static func below(_ drawings: [SvgDrawing], gap: Double = 16, label: String) -> SvgDrawing {
        var elements: [SvgElement] = []
        var height = 0.0
        for drawing in drawings {
            if height > 0 { height += gap }
            elements.append(.group(drawing.elements, movedBy: SvgElement.Point(0, height)))
            height += drawing.height
        }
        return SvgDrawing(width: drawings.map(\.width).max() ?? 0, height: height, label: label, elements: elements)
    }

    /// Side by side in rows of `columns`, each cell as large as the largest drawing.
    package static func grid(_ drawings: [SvgDrawing], columns: Int, gap: Double = 24, label: String) -> SvgDrawing {
        let columns = max(1, min(columns, drawings.count))
        let (width, height) = (drawings.map(\.width).max() ?? 0, drawings.map(\.height).max() ?? 0)
        let rows = (drawings.count + columns - 1) / columns
        let elements = drawings.enumerated().map { index, drawing in
            let place = SvgElement.Point(Double(index % columns) * (width + gap), Double(index / columns) * (height + gap))
            return SvgElement.group(drawing.elements, movedBy: place)
        }
        return SvgDrawing(
            width: Double(columns) * (width + gap) - gap, height: max(0, Double(rows) * (height + gap) - gap), label: label,
            elements: elements)
    }
}
