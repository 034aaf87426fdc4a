import Graph

/// Rewrites loops so that they also return what their reversal reads: the carried values at each iteration's start.
enum ScanResiduals {
    /// The same graph, with every active scan extended by one stacked result per carried value.
    static func saved(_ graph: Graph, activeInputs: [Bool]) throws(Diagnostic) -> Graph {
        let activity = Activity(graph, activeInputs: activeInputs)
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes {
            guard case .scan(let scan) = node.op, node.results.contains(where: { activity.isActive[$0.index] }) else {
                try rewriter.copy(node)
                continue
            }
            let operands = try rewriter.replacements(of: node.operands)
            var names = node.results.map { graph.name(of: $0) }
            names += scan.body.inputs[..<scan.carried].map { "\(names[0]).saved.\(scan.body.name(of: $0.value))" }
            let results = try rewriter.builder.append(.scan(extended(scan)), operands, names: names)
            for (old, new) in zip(node.results, results) { rewriter.replace(old, by: new) }
        }
        return try rewriter.finish()
    }

    private static func extended(_ scan: Scan) -> Scan {
        var result = scan
        var taken = Set(scan.body.outputs.map(\.name))
        for position in 0..<scan.carried {
            let input = scan.body.inputs[position].value
            // A loop that has been differentiated before already has outputs of this name.
            var name = "saved.\(scan.body.name(of: input))"
            while !taken.insert(name).inserted { name = "saved.\(name)" }
            result.body.outputs.append(Graph.Output(name: name, value: input))
        }
        return result
    }
}
