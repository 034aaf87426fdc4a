/// Diagnostics that begin with the same word.
public struct DiagnosticArea: Hashable, Sendable {
    /// What stands before the dot of the ids.
    public let name: String
    /// What the area is about, in a few words.
    public let title: String
    public let pages: [DiagnosticPage]

    public init(_ name: String, _ title: String, _ pages: [DiagnosticPage]) {
        self.name = name
        self.title = title
        self.pages = pages
    }
}
