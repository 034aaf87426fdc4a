import Graph

/// Rewrites loops so that they also return what their reversal reads: the carried values at each iteration's start, and
/// what is cheaper to read than to compute again.
enum ScanResiduals {
    /// Sums over fewer elements than this are computed again rather than saved.
    private static let smallestSavedSum = 4

    /// The same graph, with every active scan extended by one stacked result per carried value and per kept value.
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
            names += residuals(scan).map { "\(names[0]).saved.\(scan.body.name(of: $0))" }
            let results = try rewriter.builder.append(.scan(extended(scan)), operands, names: names)
            for (old, new) in zip(node.results, results) { rewriter.replace(old, by: new) }
        }
        return try rewriter.finish()
    }

    /// The results of the body's sums that an iteration determines: small beside the work that they stand for.
    ///
    /// They depend on the nodes of the body only, so that a loop and the same loop extended have the same.
    static func kept(_ scan: Scan) -> [ValueID] {
        let body = scan.body
        var varies = [Bool](repeating: false, count: body.values.count)
        for (position, input) in body.inputs.enumerated() {
            varies[input.value.index] = position < scan.carried || position >= scan.carried + scan.invariants
        }
        var values: [ValueID] = []
        for node in body.nodes {
            let depends = node.operands.contains { varies[$0.index] }
            for result in node.results { varies[result.index] = depends }
            if depends, summedElements(node, body) >= smallestSavedSum { values.append(node.result) }
        }
        return values
    }

    /// How many elements make one of the result; zero for all that is not a sum.
    private static func summedElements(_ node: Graph.Node, _ body: Graph) -> Int {
        switch node.op {
        case .reduce(_, let axes): axes.reduce(1) { $0 * body.type(of: node.operands[0]).shape[$1] }
        case .dot(let dimensions):
            dimensions.leftContracting.reduce(1) { $0 * body.type(of: node.operands[0]).shape[$1] }
        // Read again, it saves a decomposition.
        case .matrix: body.type(of: node.result).shape.dimensions.last ?? 0
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose,
            .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .scan:
            0
        }
    }

    /// What the extended loop stacks beside its own results, in order.
    private static func residuals(_ scan: Scan) -> [ValueID] {
        scan.body.inputs[..<scan.carried].map(\.value) + kept(scan)
    }

    private static func extended(_ scan: Scan) -> Scan {
        var result = scan
        var taken = Set(scan.body.outputs.map(\.name))
        for value in residuals(scan) {
            // A loop that has been differentiated before already has outputs of this name.
            var name = "saved.\(scan.body.name(of: value))"
            while !taken.insert(name).inserted { name = "saved.\(name)" }
            result.body.outputs.append(Graph.Output(name: name, value: value))
        }
        return result
    }
}
