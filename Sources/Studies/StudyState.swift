import Runtime

/// How far one run of a study is.
public enum StudyRun: Sendable {
    /// It has not come to its end: it was never started, or can be resumed.
    case open
    case failed(String)
    case done(RunResult)
}

/// What is shown of a study while it goes on.
public struct StudyEvent: Sendable {
    public var variant: StudyVariant
    /// Nil for the compilation.
    public var seed: Int?
    public var result: StudyRun
    public var seconds: Double
    /// How many runs are over, and how many there are.
    public var finished: Int
    public var count: Int
}
