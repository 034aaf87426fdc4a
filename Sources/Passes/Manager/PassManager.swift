import Graph

/// Runs passes over a graph; verifies, times and reports after every one.
public struct PassManager: Sendable {
    /// What one pass did, in the order of execution.
    public struct Report: Sendable {
        public let pass: String
        public let seconds: Double
        public let nodesBefore: Int
        public let nodesAfter: Int
        public let changed: Bool
    }

    /// Passes that are skipped, by name.
    public var disabled: Set<String>
    /// Called after each pass with the pass's name and the graph it returned.
    public var observe: (@Sendable (String, Graph) -> Void)?

    public init(disabled: Set<String> = [], observe: (@Sendable (String, Graph) -> Void)? = nil) {
        self.disabled = disabled
        self.observe = observe
    }

    /// Runs the passes in order.
    ///
    /// - Throws: the failure of a pass or of the verifier, with the pass named; a broken invariant is a compiler bug.
    public func run(_ passes: [GraphPass], on graph: Graph) throws(Diagnostic) -> (graph: Graph, reports: [Report]) {
        var current = graph
        var reports: [Report] = []
        for pass in passes where !disabled.contains(pass.name) {
            let clock = ContinuousClock()
            let start = clock.now
            let next = try Self.attributed(to: pass.name) { () throws(Diagnostic) in
                let next = try pass.run(current)
                try GraphVerifier.verify(next)
                return next
            }
            let elapsed = clock.now - start
            reports.append(
                Report(
                    pass: pass.name, seconds: Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds),
                    nodesBefore: current.nodes.count, nodesAfter: next.nodes.count, changed: next != current))
            observe?(pass.name, next)
            current = next
        }
        return (current, reports)
    }

    private static func attributed<Result>(
        to pass: String, _ body: () throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        do {
            return try body()
        } catch {
            var diagnostic = error
            diagnostic.kind = .compilerBug
            diagnostic.message = "pass \(pass) failed: \(diagnostic.message)"
            throw diagnostic
        }
    }
}
