import Graph

/// Computes before a loop what is the same in all its iterations.
public enum LoopInvariants {
    public static let pass = GraphPass(
        name: "loop-invariants", summary: "Moves what does not change out of loops.", run: run)

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes {
            guard case .scan(var scan) = node.op else {
                try rewriter.copy(node)
                continue
            }
            scan.body = try run(scan.body)
            let moved = InvariantNodes(scan)
            if moved.boundary.isEmpty {
                try rewriter.copy(node, op: .scan(scan))
            } else {
                try move(moved, outOf: scan, node, &rewriter)
            }
        }
        return try rewriter.finish()
    }

    private static func move(
        _ moved: InvariantNodes, outOf scan: Scan, _ node: Graph.Node, _ rewriter: inout GraphRewriter
    ) throws(Diagnostic) {
        let operands = try rewriter.replacements(of: node.operands)
        // Nothing that moves depends on the carried and the scanned inputs; they stand for themselves here.
        var outside = GraphRewriter(scan.body, into: rewriter.builder, inputs: operands)
        let scope = rewriter.source.name(of: node.results[0]).split(separator: "/").dropLast().joined(separator: "/")
        for inner in scan.body.nodes where moved.isNeededOutside(inner) {
            let inputs = try outside.replacements(of: inner.operands)
            let names = inner.results.map { scope.isEmpty ? scan.body.name(of: $0) : "\(scope)/\(scan.body.name(of: $0))" }
            let results = try outside.builder.append(inner.op, inputs, names: names)
            for (old, new) in zip(inner.results, results) { outside.replace(old, by: new) }
        }
        rewriter.builder = outside.builder
        let invariants = try outside.replacements(of: moved.boundary)
        let firstEntry = scan.carried + scan.invariants
        let smaller = Scan(
            count: scan.count, carried: scan.carried, scanned: scan.scanned, reverse: scan.reverse,
            body: try body(scan, reading: moved.boundary))
        let names = node.results.map { rewriter.source.name(of: $0) }
        let results = try rewriter.builder.append(
            .scan(smaller), operands[..<firstEntry] + invariants + operands[firstEntry...], names: names)
        for (old, new) in zip(node.results, results) { rewriter.replace(old, by: new) }
    }

    /// The body with further invariants in the place of the nodes that compute them.
    private static func body(_ scan: Scan, reading moved: [ValueID]) throws(Diagnostic) -> Graph {
        var builder = GraphBuilder(name: scan.body.name)
        var inputs: [ValueID] = []
        var replacing: [ValueID: ValueID] = [:]
        func add(_ values: [ValueID]) -> [ValueID] {
            values.map { builder.input(scan.body.name(of: $0), scan.body.type(of: $0)) }
        }
        let firstEntry = scan.carried + scan.invariants
        inputs = add(scan.body.inputs[..<firstEntry].map(\.value))
        for (value, input) in zip(moved, add(moved)) { replacing[value] = input }
        inputs += add(scan.body.inputs[firstEntry...].map(\.value))
        var rewriter = GraphRewriter(scan.body, into: builder, inputs: inputs)
        for node in scan.body.nodes {
            if node.results.count == 1, let input = replacing[node.result] {
                rewriter.replace(node.result, by: input)
            } else {
                try rewriter.copy(node)
            }
        }
        return try DeadCode.run(rewriter.finish())
    }
}

/// Which nodes of a loop's body can be computed once before it, and which of their results the loop then reads.
private struct InvariantNodes {
    /// The results that the loop reads.
    private(set) var boundary: [ValueID] = []
    private var needed: Set<ValueID> = []

    init(_ scan: Scan) {
        let body = scan.body
        var varies = [Bool](repeating: false, count: body.values.count)
        for (position, input) in body.inputs.enumerated() {
            varies[input.value.index] = position < scan.carried || position >= scan.carried + scan.invariants
        }
        for node in body.nodes {
            let depends = node.operands.contains { varies[$0.index] }
            for result in node.results { varies[result.index] = depends }
        }
        var readInside = Set(body.outputs.map(\.value))
        for node in body.nodes.reversed() where node.results.contains(where: readInside.contains) {
            if !varies[node.results[0].index], Self.isWorthMoving(node.op) {
                boundary.append(node.result)
            } else {
                readInside.formUnion(node.operands)
            }
        }
        boundary.reverse()
        needed = Set(boundary)
        for node in body.nodes.reversed() where node.results.contains(where: needed.contains) { needed.formUnion(node.operands) }
    }

    func isNeededOutside(_ node: Graph.Node) -> Bool { node.results.contains(where: needed.contains) }

    /// Whether reading the result costs less than computing it in every iteration.
    private static func isWorthMoving(_ op: Op) -> Bool {
        switch op {
        case .reduce, .dot, .transpose, .overlapAdd, .scatterAdd, .matrix: true
        case .unary(let unary):
            switch unary {
            case .exp, .log, .sqrt, .tanh, .logistic: true
            case .negate, .abs, .sign, .floor, .roundEven, .logicalNot: false
            }
        case .binary(let binary):
            switch binary {
            case .divide, .power: true
            case .add, .subtract, .multiply, .maximum, .minimum, .logicalAnd, .logicalOr: false
            }
        case .constant, .iota, .randomUniform, .compare, .select, .convert, .stopGradient, .reshape, .broadcast, .slice, .pad,
            .concatenate, .window, .gather, .scan:
            false
        }
    }
}
