import Graph

/// The gradient of a scan is a scan in the other direction.
///
/// It carries the cotangents of the carried values and sums for the invariants, reads the saved values, the scanned
/// entries and the stacks' cotangents, recomputes what is not saved of the body and walks it backward.
enum ScanGradient {
    static func propagate(
        _ scan: Scan, _ node: Graph.Node, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        // The scan was extended: its last results are the saved values.
        let stacked = scan.stacked - scan.carried - ScanResiduals.kept(scan).count
        let plan = Plan(scan, stacked: stacked, active: Activity.scanInputs(scan, node.operands.map { reverse.isActive($0) }))
        let operands = try self.operands(plan, node, &reverse)
        let body = try self.body(plan)
        let gradient = Scan(
            count: scan.count, carried: plan.carried.count + plan.invariants.count, scanned: operands.scanned,
            reverse: !scan.reverse, body: body)
        let receivers = plan.carried + plan.invariants + plan.scanned
        let names = receivers.map { "\(reverse.builder.scope)/\(reverse.localName(of: node.operands[$0]))" }
        let results = try reverse.builder.append(.scan(gradient), operands.values, names: names)
        for (position, result) in zip(receivers, results) { try reverse.accumulate(result, to: node.operands[position]) }
    }

    /// Which body inputs receive cotangents, by position.
    private struct Plan {
        let scan: Scan
        let stacked: Int
        let carried: [Int]
        let invariants: [Int]
        let scanned: [Int]
        /// Positions among the stacked results that are floating.
        let stackedFloating: [Int]

        init(_ scan: Scan, stacked: Int, active: [Bool]) {
            self.scan = scan
            self.stacked = stacked
            let isFloating = scan.body.inputs.map { scan.body.type(of: $0.value).elementType.isFloating }
            let positions = active.indices.filter { active[$0] && isFloating[$0] }
            carried = positions.filter { $0 < scan.carried }
            invariants = positions.filter { $0 >= scan.carried && $0 < scan.carried + scan.invariants }
            scanned = positions.filter { $0 >= scan.carried + scan.invariants }
            stackedFloating = (0..<stacked).filter {
                scan.body.type(of: scan.body.outputs[scan.carried + $0].value).elementType.isFloating
            }
        }
    }

    private static func operands(
        _ plan: Plan, _ node: Graph.Node, _ reverse: inout ReverseMode
    ) throws(Diagnostic) -> (values: [ValueID], scanned: Int) {
        let scan = plan.scan
        var values: [ValueID] = []
        for position in plan.carried { values.append(try reverse.cotangentOrZero(of: node.results[position])) }
        for position in plan.invariants { values.append(try reverse.builder.constant(0, like: node.operands[position])) }
        values += node.operands[scan.carried..<(scan.carried + scan.invariants)]
        let fixed = values.count
        values += node.results[(scan.carried + plan.stacked)...]
        values += node.operands[(scan.carried + scan.invariants)...]
        for position in plan.stackedFloating {
            values.append(try reverse.cotangentOrZero(of: node.results[scan.carried + position]))
        }
        return (values, values.count - fixed)
    }

    private static func body(_ plan: Plan) throws(Diagnostic) -> Graph {
        let scan = plan.scan
        var forward = scan.body
        // The kept values stay outputs, so that they are found after the body is rewritten.
        let firstKept = scan.carried + plan.stacked
        forward.outputs.removeSubrange(firstKept..<firstKept + scan.carried)
        // Inner loops of the recomputed body need their own residuals.
        let activeInputs = forward.inputs.indices.map { (plan.carried + plan.invariants + plan.scanned).contains($0) }
        forward = try ScanResiduals.saved(forward, activeInputs: activeInputs)

        var builder = GraphBuilder(name: "\(scan.body.name).grad")
        func type(_ position: Int) -> TensorType { forward.type(of: forward.inputs[position].value) }
        func name(_ position: Int) -> String { forward.name(of: forward.inputs[position].value) }
        let nextCotangents = plan.carried.map { builder.input("grad.\(name($0)).next", type($0)) }
        let sums = plan.invariants.map { builder.input("grad.\(name($0)).sum", type($0)) }
        let invariants = (scan.carried..<scan.carried + scan.invariants).map { builder.input(name($0), type($0)) }
        let saved = (0..<scan.carried).map { builder.input(name($0), type($0)) }
        let kept = forward.outputs[firstKept...].map { builder.input(forward.name(of: $0.value), forward.type(of: $0.value)) }
        let scanned = (scan.carried + scan.invariants..<forward.inputs.count).map { builder.input(name($0), type($0)) }
        let stackCotangents = plan.stackedFloating.map { position in
            let output = forward.outputs[scan.carried + position]
            return builder.input("grad.\(output.name)", forward.type(of: output.value))
        }

        let inputs = saved + invariants + scanned
        var rewriter = GraphRewriter(forward, into: builder, inputs: inputs)
        for node in forward.nodes { try rewriter.copy(node) }
        let active = Set(zip(inputs, activeInputs).filter(\.1).map(\.0))
        var reverse = ReverseMode(
            builder: rewriter.builder,
            activeInputs: rewriter.builder.graph.inputs.map { active.contains($0.value) })
        for (position, cotangent) in zip(plan.carried, nextCotangents) {
            try reverse.accumulate(cotangent, to: rewriter.replacement(forward.outputs[position].value))
        }
        for (position, cotangent) in zip(plan.stackedFloating, stackCotangents) {
            try reverse.accumulate(cotangent, to: rewriter.replacement(forward.outputs[scan.carried + position].value))
        }
        try reverse.run()
        for position in plan.carried {
            reverse.builder.output("grad.\(name(position))", try reverse.cotangentOrZero(of: inputs[position]))
        }
        for (position, sum) in zip(plan.invariants, sums) {
            let contribution = try reverse.cotangentOrZero(of: inputs[position])
            reverse.builder.output("grad.\(name(position))", try reverse.builder.add(sum, contribution))
        }
        for position in plan.scanned {
            reverse.builder.output("grad.\(name(position))", try reverse.cotangentOrZero(of: inputs[position]))
        }
        let recomputed = try forward.outputs[firstKept...].map { output throws(Diagnostic) in
            try rewriter.replacement(output.value)
        }
        return try reading(kept, insteadOf: recomputed, in: reverse.builder.graph)
    }

    /// The body with saved values in the place of nodes that compute them.
    private static func reading(
        _ saved: [ValueID], insteadOf computed: [ValueID], in body: Graph
    ) throws(Diagnostic) -> Graph {
        let source = Dictionary(zip(computed, saved)) { first, _ in first }
        var rewriter = GraphRewriter(body)
        for node in body.nodes {
            if let input = source[node.results[0]] {
                rewriter.replace(node.results[0], by: try rewriter.replacement(input))
            } else {
                try rewriter.copy(node)
            }
        }
        return try rewriter.finish()
    }
}
