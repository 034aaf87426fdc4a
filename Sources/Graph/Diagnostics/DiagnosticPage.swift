/// What there is to know about one diagnostic: the page that `dgc help ID` shows.
public struct DiagnosticPage: Hashable, Sendable {
    /// As in the message.
    public let id: String
    /// The broken rule, in one sentence.
    public let meaning: String
    /// When that happens.
    public let cause: String
    /// What to do about it.
    public let remedy: String
    /// A whole message.
    public let example: String?
    /// A small text that obeys the rule.
    public let sample: String?

    /// The page of a mistake that a user can put right, or of something that is not supported.
    public init(
        _ id: String, _ meaning: String, when cause: String, fix remedy: String, example: String? = nil, sample: String? = nil
    ) {
        self.id = id
        self.meaning = meaning
        self.cause = cause
        self.remedy = remedy
        self.example = example
        self.sample = sample
    }

    /// The page of a rule that only the compiler itself can break.
    public static func bug(_ id: String, _ meaning: String, when cause: String? = nil) -> DiagnosticPage {
        DiagnosticPage(
            id, meaning, when: cause ?? "The compiler broke one of its own rules; no input should lead here.",
            fix: "Report it, with the command and the files that led to it. Until it is mended, `--disable PASS` or `--unfused` "
                + "may lead around it, and shows which pass is to blame.")
    }

    /// What stands before the first dot of the id.
    public var area: String { String(id.prefix { $0 != "." }) }
}
