import Graph

/// Removes nodes that no output needs, and scan results and operands that nobody reads.
public enum DeadCode {
    public static let pass = GraphPass(
        name: "dead-code", summary: "Removes what no output needs, inside loops too.", run: run)

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        let live = liveValues(graph, outputs: graph.outputs.map { _ in true })
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes where node.results.contains(where: { live[$0.index] }) {
            if case .scan(let scan) = node.op {
                try copy(scan, node, live, &rewriter)
            } else {
                try rewriter.copy(node)
            }
        }
        return try rewriter.finish()
    }

    /// Which values the chosen outputs need.
    fileprivate static func liveValues(_ graph: Graph, outputs: [Bool]) -> [Bool] {
        var live = [Bool](repeating: false, count: graph.values.count)
        for (output, isLive) in zip(graph.outputs, outputs) where isLive { live[output.value.index] = true }
        for node in graph.nodes.reversed() {
            guard node.results.contains(where: { live[$0.index] }) else { continue }
            if case .scan(let scan) = node.op {
                let needed = ScanLiveness(scan, resultIsLive: node.results.map { live[$0.index] })
                for (operand, isNeeded) in zip(node.operands, needed.inputs) where isNeeded {
                    live[operand.index] = true
                }
            } else {
                for operand in node.operands { live[operand.index] = true }
            }
        }
        return live
    }

    /// Copies a scan without its dead results and operands.
    private static func copy(
        _ scan: Scan, _ node: Graph.Node, _ live: [Bool], _ rewriter: inout GraphRewriter
    ) throws(Diagnostic) {
        let needed = ScanLiveness(scan, resultIsLive: node.results.map { live[$0.index] })
        let body = try needed.trimmed(scan.body)
        let keptInputs = needed.inputs.indices.filter { needed.inputs[$0] }
        let keptOutputs = needed.outputs.indices.filter { needed.outputs[$0] }
        let trimmed = Scan(
            count: scan.count, carried: keptInputs.count { $0 < scan.carried },
            scanned: keptInputs.count { $0 >= scan.carried + scan.invariants }, reverse: scan.reverse, body: body)
        let operands = try rewriter.replacements(of: keptInputs.map { node.operands[$0] })
        let names = keptOutputs.map { rewriter.source.name(of: node.results[$0]) }
        let results = try rewriter.builder.append(.scan(trimmed), operands, names: names)
        for (position, result) in zip(keptOutputs, results) { rewriter.replace(node.results[position], by: result) }
    }
}

/// Which inputs and outputs of a scan's body are needed for the results that are read.
struct ScanLiveness {
    let inputs: [Bool]
    let outputs: [Bool]

    init(_ scan: Scan, resultIsLive: [Bool]) {
        var outputs = resultIsLive
        var inputs: [Bool] = []
        while true {
            inputs = Self.neededInputs(scan.body, outputs)
            // A carried value that the body reads is needed from the iteration before.
            let next = outputs.indices.map { outputs[$0] || ($0 < scan.carried && inputs[$0]) }
            if next == outputs { break }
            outputs = next
        }
        // A carried value that is returned needs its start even where the body never reads it.
        for position in 0..<scan.carried where outputs[position] { inputs[position] = true }
        self.inputs = inputs
        self.outputs = outputs
    }

    private static func neededInputs(_ body: Graph, _ outputs: [Bool]) -> [Bool] {
        let live = DeadCode.liveValues(body, outputs: outputs)
        return body.inputs.map { live[$0.value.index] }
    }

    /// The body without dead code, with only the needed outputs and inputs.
    func trimmed(_ body: Graph) throws(Diagnostic) -> Graph {
        var part = body
        part.outputs = zip(body.outputs, outputs).filter { $0.1 }.map(\.0)
        part = try DeadCode.run(part)
        var builder = GraphBuilder(name: body.name)
        var kept: [ValueID] = []
        for (input, isNeeded) in zip(part.inputs, inputs) where isNeeded {
            let value = part.values[input.value.index]
            kept.append(builder.input(value.name, value.type, role: input.role))
        }
        part.inputs = zip(part.inputs, inputs).filter { $0.1 }.map(\.0)
        var rewriter = GraphRewriter(part, into: builder, inputs: kept)
        for node in part.nodes { try rewriter.copy(node) }
        return try rewriter.finish()
    }
}
