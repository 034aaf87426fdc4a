/// One of the specifications that a study trains: what it changes, and what it is called.
public struct StudyVariant: Hashable, Sendable, Codable {
    /// The name of its folder: letters, digits and a few signs that every file system takes.
    public var name: String
    /// What people read in tables.
    public var title: String
    /// `key=value` texts, as for `dgc compile --set`.
    public var overrides: [String]
    /// For a sweep, the value of each axis; empty for an ablation.
    public var settings: [String]

    public init(name: String, title: String, overrides: [String], settings: [String] = []) {
        self.name = name
        self.title = title
        self.overrides = overrides
        self.settings = settings
    }

    /// A title in characters that every file system takes in a name.
    static func fileName(_ title: String) -> String {
        let allowed = title.unicodeScalars.map { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", ",", "=", "_", "-", "+": Character(scalar)
            case _: Character("-")
            }
        }
        return String(allowed.prefix(100))
    }
}
