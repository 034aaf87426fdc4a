import Graph

/// A pass on any level, as pipelines and the command line name it.
public struct LevelPass: Sendable {
    public let name: String
    public let summary: String
    /// The name with the options that make the command line run this very pass.
    public let spelling: String
    public let from: TextLevel
    public let to: TextLevel
    /// Whether what it refuses is the user's mistake, such as a loss that is no scalar, and not a bug of the compiler.
    public let mayRefuse: Bool
    let run: @Sendable (PassState) throws(Diagnostic) -> PassState

    init(
        _ name: String, _ summary: String, spelling: String? = nil, _ from: TextLevel, _ to: TextLevel, mayRefuse: Bool = false,
        run: @escaping @Sendable (PassState) throws(Diagnostic) -> PassState
    ) {
        self.name = name
        self.summary = summary
        self.spelling = spelling ?? name
        self.from = from
        self.to = to
        self.mayRefuse = mayRefuse
        self.run = run
    }

    /// The pass alone, without a manager around it: nothing is verified.
    public func apply(to source: Representation) throws(Diagnostic) -> Representation {
        try run(PassState(source)).representation
    }

    public init(_ pass: GraphPass, mayRefuse: Bool = false) {
        self.init(pass.name, pass.summary, spelling: pass.spelling, .graph, .graph, mayRefuse: mayRefuse) { state throws(Diagnostic) in
            PassState(.graph(try pass.run(state.graph(pass.name))), decisions: state.decisions)
        }
    }

    /// Decisions that were taken on the graph level come after those of the pass.
    public init(_ pass: Pass<Graph, KernelGraph>) {
        self.init(pass.name, pass.summary, spelling: pass.spelling, .graph, .kernels) { state throws(Diagnostic) in
            var kernels = try pass.run(state.graph(pass.name))
            kernels.decisions = kernels.decisions.by(pass.name) + state.decisions
            return PassState(.kernels(kernels))
        }
    }

    public init(_ pass: Pass<KernelGraph, KernelGraph>) {
        self.init(pass.name, pass.summary, spelling: pass.spelling, .kernels, .kernels) { state throws(Diagnostic) in
            let before = try state.kernels(pass.name)
            var kernels = try pass.run(before)
            // Passes append their decisions.
            let known = min(before.decisions.count, kernels.decisions.count)
            kernels.decisions = kernels.decisions.prefix(known) + Array(kernels.decisions.dropFirst(known)).by(pass.name)
            return PassState(.kernels(kernels))
        }
    }

    public init(_ pass: Pass<KernelGraph, Program>) {
        self.init(pass.name, pass.summary, spelling: pass.spelling, .kernels, .program) { state throws(Diagnostic) in
            PassState(.program(try pass.run(state.kernels(pass.name))))
        }
    }
}

/// What one pass hands on to the next.
struct PassState: Sendable {
    var representation: Representation
    /// Decisions about a graph, which only a kernel graph can keep.
    var decisions: [FusionDecision]

    init(_ representation: Representation, decisions: [FusionDecision] = []) {
        self.representation = representation
        self.decisions = decisions
    }

    func graph(_ pass: String) throws(Diagnostic) -> Graph {
        guard case .graph(let graph) = representation else { throw wrongLevel(pass, .graph) }
        return graph
    }

    func kernels(_ pass: String) throws(Diagnostic) -> KernelGraph {
        guard case .kernels(let kernels) = representation else { throw wrongLevel(pass, .kernels) }
        return kernels
    }

    private func wrongLevel(_ pass: String, _ expected: TextLevel) -> Diagnostic {
        Diagnostic(
            "passes.level", pass, "the pass works on another level than \(representation.name) is on", expected: expected.rawValue,
            found: representation.level.rawValue)
    }
}
