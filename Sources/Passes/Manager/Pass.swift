import Graph

/// A named, pure function from one program value to another.
public struct Pass<From: Sendable, To: Sendable>: Sendable {
    /// As written on the command line.
    public let name: String
    /// One sentence for help texts and the pass reference.
    public let summary: String
    /// The name with the options that make the command line run this very pass.
    public let spelling: String
    public let run: @Sendable (From) throws(Diagnostic) -> To

    public init(
        name: String, summary: String, spelling: String? = nil, run: @escaping @Sendable (From) throws(Diagnostic) -> To
    ) {
        self.name = name
        self.summary = summary
        self.spelling = spelling ?? name
        self.run = run
    }
}

/// A pass that stays on the graph level.
public typealias GraphPass = Pass<Graph, Graph>
