/// A part of a page about runs: what is shown, and how it is read.
struct PageSection {
    var title: String
    /// A paragraph each.
    var texts: [String]
    var content: [SvgElement] = []
    /// One below the other or side by side, as there is room.
    var drawings: [SvgDrawing] = []

    /// A section without its figure, and why.
    static func missing(_ title: String, _ reason: String) -> PageSection { PageSection(title: title, texts: [reason]) }

    var markup: String {
        let head = [SvgElement("h2", text: title)] + texts.map { SvgElement("p", text: $0) } + content
        let figures = drawings.map { drawing in
            // Two of these stand side by side on paper.
            "<figure\(drawing.width <= 480 ? " class=\"half\"" : "")>\(drawing.markup)</figure>"
        }.joined(separator: "\n")
        return "<section>\n" + head.map(\.markup).joined(separator: "\n")
            + (drawings.isEmpty ? "" : "\n<div class=\"figures\">\n\(figures)\n</div>") + "\n</section>"
    }

    /// Names beside what they are drawn with.
    static func legend(_ entries: [(name: String, sample: SvgElement)]) -> SvgElement {
        let items = entries.map { entry in
            let sample = SvgElement(
                "svg", [("width", "30"), ("height", "12"), ("viewBox", "0 0 30 12"), ("aria-hidden", "true")], children: [entry.sample])
            return SvgElement("span", children: [sample, SvgElement("span", text: entry.name)])
        }
        return SvgElement("div", [("class", "legend")], children: items)
    }
}
