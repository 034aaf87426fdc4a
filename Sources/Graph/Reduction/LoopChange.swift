/// A way to make a loop smaller.
enum LoopChange {
    case count(Int)
    /// A carried value stays what it is at the start.
    case freeze(Int)
    case dropStack(Int)
    /// An operand that the body does not use; by its position among the operands, carried ones first.
    case dropOperand(Int)

    static func all(_ scan: Scan) -> [LoopChange] {
        let used = Set(scan.body.nodes.flatMap(\.operands) + scan.body.outputs.map(\.value))
        let unused = (scan.carried..<scan.body.inputs.count).filter { !used.contains(scan.body.inputs[$0].value) }
        return (0..<scan.stacked).map { .dropStack($0) } + (0..<scan.carried).map { .freeze($0) }
            + unused.map { .dropOperand($0) } + [1, 2, scan.count / 2].filter { $0 >= 1 && $0 < scan.count }.map { .count($0) }
    }

    /// Writes the change into an edit of the graph that holds the loop.
    ///
    /// - Returns: false where it does not apply.
    func apply(to scan: Scan, _ node: Graph.Node, _ id: NodeID, _ graph: Graph, _ edit: inout GraphEdit) -> Bool {
        var loop = GraphEdit.Loop(scan: scan, operands: node.operands, results: node.results)
        var body = GraphEdit(scan.body)
        var inputs = Array(scan.body.inputs.indices)
        switch self {
        case .count(let count):
            guard scan.scanned == 0, scan.stacked == 0 else { return false }
            loop.scan.count = count
        case .freeze(let carried):
            // It becomes the last invariant.
            let last = scan.carried + scan.invariants
            inputs.insert(carried, at: last)
            inputs.remove(at: carried)
            loop.operands.insert(node.operands[carried], at: last)
            loop.operands.remove(at: carried)
            loop.results.remove(at: carried)
            body.outputs.remove(at: carried)
            loop.scan.carried -= 1
            edit.replacements[node.results[carried]] = .value(node.operands[carried])
        case .dropStack(let stack):
            loop.results.remove(at: scan.carried + stack)
            body.outputs.remove(at: scan.carried + stack)
            edit.replacements[node.results[scan.carried + stack]] = .constant(1)
        case .dropOperand(let position):
            inputs.remove(at: position)
            loop.operands.remove(at: position)
            if position >= scan.carried + scan.invariants { loop.scan.scanned -= 1 }
        }
        guard !loop.results.isEmpty else { return false }
        body.inputs = inputs
        guard let smaller = try? body.apply(to: scan.body) else { return false }
        loop.scan.body = smaller
        edit.loops[id] = loop
        return true
    }
}
