import Graph

/// Watches passes as they run.
public protocol PassObserver: Sendable {
    /// Whether passes that succeed matter to it; those on several graphs then run one after the other.
    var watchesEveryPass: Bool { get }

    /// Called after each pass; what it throws ends the run.
    func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic)

    /// Called when a pass or the verifier after it has failed; returns the failure, with what can be added to it.
    func didFail(_ pass: LevelPass, before: Representation, _ failure: Diagnostic) -> Diagnostic
}

extension PassObserver {
    public var watchesEveryPass: Bool { true }
    public func didFail(_ pass: LevelPass, before: Representation, _ failure: Diagnostic) -> Diagnostic { failure }
}

/// Several observers as one; they are called in order.
public struct PassObservers: PassObserver {
    private let observers: [any PassObserver]

    public init(_ observers: [any PassObserver]) {
        self.observers = observers
    }

    public var watchesEveryPass: Bool { observers.contains(where: \.watchesEveryPass) }

    public func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {
        for observer in observers { try observer.didRun(pass, report, before: before, after: after) }
    }

    public func didFail(_ pass: LevelPass, before: Representation, _ failure: Diagnostic) -> Diagnostic {
        observers.reduce(failure) { $1.didFail(pass, before: before, $0) }
    }
}
