import Graph
import Passes
import Synchronization

/// Keeps what every pass was given and what it made of it.
public final class PassHistory: PassObserver {
    public struct Change: Sendable {
        public var pass: String
        public var before: Representation
        public var after: Representation
        public init(pass: String, before: Representation, after: Representation) {
            self.pass = pass
            self.before = before
            self.after = after
        }
    }

    private let kept = Mutex<[Change]>([])

    public init() {}

    /// In the order of the passes, without those that changed nothing.
    public var changes: [Change] { kept.withLock { $0 } }

    public func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {
        guard report.changed else { return }
        kept.withLock { $0.append(Change(pass: pass.name, before: before, after: after)) }
    }
}
