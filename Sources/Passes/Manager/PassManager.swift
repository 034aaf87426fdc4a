import Graph

/// Runs passes; verifies, times and reports after every one.
public struct PassManager: Sendable {
    /// What one pass did, in the order of execution.
    public struct Report: Sendable {
        public let pass: String
        public let seconds: Double
        /// Nodes, kernels or steps.
        public let nodesBefore: Int
        public let nodesAfter: Int
        public let changed: Bool
    }

    /// Passes that are skipped, by name.
    public var disabled: Set<String>
    public var observer: (any PassObserver)?

    public init(disabled: Set<String> = [], observer: (any PassObserver)? = nil) {
        self.disabled = disabled
        self.observer = observer
    }

    /// The same passes without an observer, for several graphs side by side; nil where an observer watches every pass.
    package var unobserved: PassManager? {
        observer?.watchesEveryPass == true ? nil : PassManager(disabled: disabled)
    }

    /// Runs passes of the graph level in order.
    ///
    /// - Throws: the failure of a pass or of the verifier, with the pass named; a broken invariant is a compiler bug.
    public func run(_ passes: [GraphPass], on graph: Graph) throws(Diagnostic) -> (graph: Graph, reports: [Report]) {
        let (state, reports) = try run(passes.map { LevelPass($0) }, PassState(.graph(graph)))
        return (try state.graph("passes"), reports)
    }

    /// Runs passes of any level in order.
    ///
    /// - Throws: as above, and `passes.level` where a pass does not take what the one before it gives.
    public func run(_ passes: [LevelPass], on source: Representation) throws(Diagnostic) -> Representation {
        try PassManager.checkLevels(passes, from: source.level)
        return try run(passes, PassState(source)).state.representation
    }

    private func run(_ passes: [LevelPass], _ source: PassState) throws(Diagnostic) -> (state: PassState, reports: [Report]) {
        var state = source
        var reports: [Report] = []
        for pass in passes where !disabled.contains(pass.name) {
            let before = state
            let report = try observed(pass, before.representation) { () throws(Diagnostic) in
                state = try pass.run(before)
                return state.representation
            }
            reports.append(report)
        }
        return (state, reports)
    }

    /// Times and verifies a step that gives a representation, and shows it to the observer.
    @discardableResult
    func observed(
        _ pass: LevelPass, _ before: Representation, _ body: () throws(Diagnostic) -> Representation
    ) throws(Diagnostic) -> Report {
        let start = ContinuousClock().now
        let after: Representation
        do {
            after = try body()
            try after.verify()
        } catch {
            throw failure(error, of: pass, before)
        }
        let seconds = (ContinuousClock().now - start) / .seconds(1)
        let report = Report(
            pass: pass.name, seconds: seconds, nodesBefore: before.count, nodesAfter: after.count, changed: after != before)
        try observer?.didRun(pass, report, before: before, after: after)
        return report
    }

    private func failure(_ error: Diagnostic, of pass: LevelPass, _ before: Representation) -> Diagnostic {
        var diagnostic = error
        diagnostic.message = "pass \(pass.name) failed: \(diagnostic.message)"
        guard !pass.mayRefuse || error.kind == .compilerBug else { return diagnostic }
        diagnostic.kind = .compilerBug
        return observer?.didFail(pass, before: before, diagnostic) ?? diagnostic
    }

    /// Refuses a list of passes where one does not take what the one before it gives.
    private static func checkLevels(_ passes: [LevelPass], from source: TextLevel) throws(Diagnostic) {
        var level = source
        var giver = "the text"
        for pass in passes {
            guard pass.from == level else {
                throw Diagnostic(
                    "passes.level", pass.name, "the pass does not take what \(giver) gives", expected: pass.from.rawValue,
                    found: level.rawValue)
            }
            (level, giver) = (pass.to, pass.name)
        }
    }
}
