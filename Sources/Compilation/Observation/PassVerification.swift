import Graph
import Passes
import Synchronization

/// Ends the run at the first pass that changes numbers, with a small graph that shows it.
public final class PassVerification: PassObserver {
    private let check: PassCheck
    private let reproducer: Reproducer
    private let note: @Sendable (String) -> Void
    private let state = Mutex(State())

    private struct State {
        var trail: PassTrail?
        var checked = 0
        var unchanged = 0
    }

    /// How long a reduction may take.
    private static let reductionTime = Duration.seconds(60)

    /// - Parameter note: gets what is worth a line while passes run.
    public init(check: PassCheck, reproducer: Reproducer, note: @escaping @Sendable (String) -> Void) {
        self.check = check
        self.reproducer = reproducer
        self.note = note
    }

    public func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {
        let trail = state.withLock { state in
            if state.trail == nil, let text = SlownessNote.text(before) { note(text) }
            var trail = state.trail ?? PassTrail(source: before, passes: [])
            trail.append(pass, before: before)
            state.trail = trail
            state.checked += report.changed ? 1 : 0
            state.unchanged += report.changed ? 0 : 1
            return trail
        }
        guard report.changed, let finding = try check.finding(pass, before: before, after: after) else { return }
        throw failure(pass, finding, trail)
    }

    /// How many passes were checked, for the end of a run without findings.
    public var summary: String {
        state.withLock { state in
            "verified \(state.checked) passes with seed \(check.seed) and tolerance \(check.tolerance); \(state.unchanged) changed nothing"
        }
    }

    private func failure(_ pass: LevelPass, _ finding: PassCheck.Finding, _ trail: PassTrail) -> Diagnostic {
        let failure = Diagnostic(
            "passes.changed-numbers", pass.name, "pass \(pass.name) changes what is computed: \(finding)", kind: .compilerBug)
        let options = " --verify-passes --seed \(check.seed)"
            + (check.tolerance == PassCheck.defaultTolerance ? "" : " --tolerance \(check.tolerance)")
        guard case .graph(let graph) = trail.source else {
            return reproducer.adding(to: failure, trail.passes, trail.source, comments: [failure.description], options: options)
        }
        let reduced = reduce(graph, trail)
        let shown = (try? self.finding(trail, reduced)) ?? finding
        let comments = [
            "Pass \(pass.name) changes what is computed, with seed \(check.seed): \(shown)",
            "Reduced from \(graph.nodeCountWithBodies) to \(reduced.nodeCountWithBodies) nodes.",
        ]
        return reproducer.adding(to: failure, trail.passes, .graph(reduced), comments: comments, options: options)
    }

    private func reduce(_ graph: Graph, _ trail: PassTrail) -> Graph {
        note("reducing the graph of \(graph.nodeCountWithBodies) nodes that shows it, for at most \(Self.reductionTime.components.seconds) s")
        let end = ContinuousClock().now + Self.reductionTime
        var reducer = GraphReducer(graph, isOver: { ContinuousClock().now >= end }) { [self] candidate in
            // A candidate that a pass refuses shows something else.
            (try? finding(trail, candidate)).flatMap { $0 } != nil
        }
        // Nothing that is interesting throws.
        try? reducer.run()
        return reducer.best
    }

    private func finding(_ trail: PassTrail, _ graph: Graph) throws(Diagnostic) -> PassCheck.Finding? {
        let (before, after) = try trail.run(on: graph)
        guard let pass = trail.passes.last else { return nil }
        return try check.finding(pass, before: before, after: after)
    }
}
