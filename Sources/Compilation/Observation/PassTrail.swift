import Graph
import Passes

/// The last graph that passes were given, and the passes that have run on it since.
///
/// A fault on the kernel level is then a graph and a list of passes, and a graph can be reduced.
struct PassTrail: Sendable {
    private(set) var source: Representation
    private(set) var passes: [LevelPass]

    mutating func append(_ pass: LevelPass, before: Representation) {
        if case .graph = before {
            source = before
            passes = [pass]
        } else if passes.isEmpty || source.name != before.name {
            self = PassTrail(source: before, passes: [pass])
        } else {
            passes.append(pass)
        }
    }

    init(source: Representation, passes: [LevelPass]) {
        self.source = source
        self.passes = passes
    }

    /// What the last pass is given and gives when all run on another graph.
    func run(on graph: Graph) throws(Diagnostic) -> (before: Representation, after: Representation) {
        var (before, after) = (Representation.graph(graph), Representation.graph(graph))
        for pass in passes {
            before = after
            after = try pass.apply(to: before)
            try after.verify()
        }
        return (before, after)
    }
}
