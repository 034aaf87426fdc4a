import Graph

/// What to tell a user before the interpreter runs a large graph after every pass.
enum SlownessNote {
    /// From this many operations a run takes longer than one would wait for without a word.
    private static let manyOperations = 3e8

    static func text(_ source: Representation) -> String? {
        guard case .graph(let graph) = source else { return nil }
        let operations = InterpreterCost.operations(graph)
        guard operations > manyOperations else { return nil }
        return "each run of the interpreter takes about \(Int(operations / 1e6)) million operations, and there are two for every "
            + "pass that changes something: this is slow; a smaller batch, as by --batch 2, makes it quicker"
    }
}
