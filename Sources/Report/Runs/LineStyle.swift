/// How the curves and bars of a run are drawn everywhere on a page: colours that are told apart without colour vision
/// (after Okabe and Ito), and dashes that are told apart without colour.
package struct LineStyle: Sendable, Hashable {
    package var colour: String
    /// `stroke-dasharray`; empty for a solid line.
    package var dashes: String

    package static let all = [
        LineStyle(colour: "#0072b2", dashes: ""), LineStyle(colour: "#d55e00", dashes: "7 3"),
        LineStyle(colour: "#009e73", dashes: "2 3"), LineStyle(colour: "#cc79a7", dashes: "9 3 2 3"),
        LineStyle(colour: "#56b4e9", dashes: ""), LineStyle(colour: "#e69f00", dashes: "7 3"),
        LineStyle(colour: "#6b4c9a", dashes: "2 3"), LineStyle(colour: "#7a7a7a", dashes: "9 3 2 3"),
    ]

    /// A line as long as a word, for legends.
    var sample: SvgElement {
        var line = SvgElement.line(SvgElement.Point(0, 6), SvgElement.Point(30, 6), stroke: colour, width: 2.5)
        if !dashes.isEmpty { line.attributes.append(("stroke-dasharray", dashes)) }
        return line
    }
}
