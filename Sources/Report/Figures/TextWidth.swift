/// About how wide a text is drawn: fonts differ, and a drawing that loads nothing cannot measure.
package enum TextWidth {
    /// In pixels, rather too wide than too narrow.
    package static func of(_ text: String, size: Double) -> Double { Double(text.count) * size * 0.62 }

    package static func widest(_ texts: [String], size: Double) -> Double { texts.map { of($0, size: size) }.max() ?? 0 }
}
