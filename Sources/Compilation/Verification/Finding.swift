/// One thing that was looked at on a machine or of a plan.
public struct Finding: Codable, Hashable, Sendable {
    public enum State: String, Codable, Hashable, Sendable {
        case good = "ok"
        /// Works, but is slower or smaller than it could be.
        case warning
        /// Plans cannot be compiled or run, or a promise is not kept.
        case bad = "broken"
    }

    public var subject: String
    public var state: State
    /// What was found.
    public var found: String
    /// What to do about it.
    public var advice: String?

    public init(_ subject: String, _ found: String) { self.init(subject, .good, found) }

    public init(_ subject: String, _ state: State, _ found: String, advice: String? = nil) {
        self.subject = subject
        self.state = state
        self.found = found
        self.advice = advice
    }
}
