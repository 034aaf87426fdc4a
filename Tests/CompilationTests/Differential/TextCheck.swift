import Graph

/// A text of any level reads back as what was written, and is written the same again.
enum TextCheck {
    static func failures(_ representation: Representation, _ count: inout ExpectedOutput.Count) -> [String] {
        count.texts += 1
        let text = representation.text
        do throws(Diagnostic) {
            let again = try Representation.parse(text, file: "text")
            if again.text != text { return ["text of \(representation.level.rawValue): it is written otherwise than it was read"] }
            if again != representation { return ["text of \(representation.level.rawValue): it reads as something else"] }
            return []
        } catch {
            return ["text of \(representation.level.rawValue): \(error)"]
        }
    }
}
