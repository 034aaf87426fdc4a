import Graph

/// Takes sums of products out of loops: Σₜ aₜ·bₜ over the iterations is one product of the stacked aₜ and bₜ.
///
/// The sum, often the largest tensor that a reversed loop touches, is then written once instead of in every iteration.
public enum LoopSums {
    public static let pass = GraphPass(
        name: "loop-sums", summary: "Turns sums of products over a loop's iterations into products of stacks.", run: run)

    static func run(_ graph: Graph) throws(Diagnostic) -> Graph {
        var rewriter = GraphRewriter(graph)
        for node in graph.nodes {
            guard case .scan(var scan) = node.op else {
                try rewriter.copy(node)
                continue
            }
            scan.body = try run(scan.body)
            let sums = LoopSum.all(in: scan)
            if sums.isEmpty {
                try rewriter.copy(node, op: .scan(scan))
            } else {
                try remove(sums, from: scan, node, &rewriter)
            }
        }
        return try rewriter.finish()
    }

    private static func remove(
        _ sums: [LoopSum], from scan: Scan, _ node: Graph.Node, _ rewriter: inout GraphRewriter
    ) throws(Diagnostic) {
        let removed = Set(sums.map(\.position))
        var body = scan.body
        var stacks = Stacks(scan)
        for sum in sums { for product in sum.products { stacks.add(product.left, product.right) } }
        body.outputs += stacks.added.map { Graph.Output(name: stacks.outputName(of: $0), value: $0) }
        let kept = body.outputs.indices.filter { !removed.contains($0) }
        let inputs = body.inputs.indices.filter { !removed.contains($0) }
        let smaller = Scan(
            count: scan.count, carried: scan.carried - sums.count, scanned: scan.scanned, reverse: scan.reverse,
            body: try self.body(body, without: removed))
        let names = kept.map { position in
            position < node.results.count ? rewriter.source.name(of: node.results[position])
                : "\(rewriter.source.name(of: node.results[0])).\(body.outputs[position].name)"
        }
        let operands = try rewriter.replacements(of: inputs.map { node.operands[$0] })
        let results = try rewriter.builder.append(.scan(smaller), operands, names: names)
        let resultOfOutput = Dictionary(zip(kept, results)) { first, _ in first }
        for position in kept where position < node.results.count {
            rewriter.replace(node.results[position], by: resultOfOutput[position] ?? results[0])
        }
        for sum in sums {
            let name = rewriter.source.name(of: node.results[sum.position])
            var total = try rewriter.replacement(node.operands[sum.position])
            for product in sum.products {
                var factors: [ValueID] = []
                for factor in [product.left, product.right] {
                    switch stacks.place(of: factor) {
                    case .operand(let position): factors.append(try rewriter.replacement(node.operands[position]))
                    case .output(let position): factors.append(resultOfOutput[position] ?? results[0])
                    }
                }
                let part = try product.ofStacks(factors, "\(name).part", &rewriter.builder)
                total = try rewriter.builder.append(.binary(.add), [total, part], names: [name])[0]
            }
            rewriter.replace(node.results[sum.position], by: total)
        }
    }

    /// The body without some carried values; the sums that return them have no other reader.
    private static func body(_ body: Graph, without removed: Set<Int>) throws(Diagnostic) -> Graph {
        var builder = GraphBuilder(name: body.name)
        var part = body
        var inputs: [ValueID] = []
        for (position, input) in body.inputs.enumerated() where !removed.contains(position) {
            let value = body.values[input.value.index]
            inputs.append(builder.input(value.name, value.type, role: input.role))
        }
        part.inputs = body.inputs.indices.filter { !removed.contains($0) }.map { body.inputs[$0] }
        part.outputs = body.outputs.indices.filter { !removed.contains($0) }.map { body.outputs[$0] }
        let sums = Set(removed.map { body.outputs[$0].value })
        var rewriter = GraphRewriter(part, into: builder, inputs: inputs)
        for node in body.nodes where !sums.contains(node.results[0]) { try rewriter.copy(node) }
        return try DeadCode.run(rewriter.finish())
    }
}

/// A carried value to which every iteration adds products, and which nothing else reads.
private struct LoopSum {
    /// Among the carried values.
    let position: Int
    let products: [LoopProduct]

    static func all(in scan: Scan) -> [LoopSum] {
        let uses = UseIndex(scan.body)
        let returned = Dictionary(grouping: scan.body.outputs, by: \.value).mapValues(\.count)
        return (0..<scan.carried).compactMap { position in
            let (input, output) = (scan.body.inputs[position].value, scan.body.outputs[position].value)
            guard uses.useCount(input) == 1, !uses.isOutput[input.index], uses.users[output.index].isEmpty, returned[output] == 1,
                let node = scan.body.definingNode(of: output), case .binary(.add) = node.op,
                scan.body.type(of: output).elementType.isFloating, node.operands.contains(input)
            else { return nil }
            let contribution = node.operands[0] == input ? node.operands[1] : node.operands[0]
            guard let products = LoopProduct.terms(of: contribution, scan, uses) else { return nil }
            return isWorthwhile(products, scan, sum: input) ? LoopSum(position: position, products: products) : nil
        }
    }

    /// Whether the stacked entries are smaller than what each iteration would add to.
    private static func isWorthwhile(_ products: [LoopProduct], _ scan: Scan, sum: ValueID) -> Bool {
        let entries = scan.body.inputs[(scan.carried + scan.invariants)...].map(\.value)
        let factors = Set(products.flatMap { [$0.left, $0.right] }).subtracting(entries)
        return factors.reduce(0) { $0 + scan.body.type(of: $1).elementCount } < scan.body.type(of: sum).elementCount
    }
}

/// A product, transposed or not, whose factors differ from iteration to iteration.
private struct LoopProduct {
    let left: ValueID
    let right: ValueID
    let dimensions: DotDimensions
    /// The transpositions of the product, from the first one.
    let permutations: [[Int]]

    /// The products that make up a value as a sum; nil where there is anything else in it.
    static func terms(of value: ValueID, _ scan: Scan, _ uses: UseIndex) -> [LoopProduct]? {
        guard uses.useCount(value) == 1, let node = scan.body.definingNode(of: value) else { return nil }
        switch node.op {
        case .binary(.add):
            guard let first = terms(of: node.operands[0], scan, uses), let second = terms(of: node.operands[1], scan, uses)
            else { return nil }
            return first + second
        case .transpose(let permutation):
            guard let terms = terms(of: node.operands[0], scan, uses) else { return nil }
            return terms.map {
                LoopProduct(
                    left: $0.left, right: $0.right, dimensions: $0.dimensions, permutations: $0.permutations + [permutation])
            }
        case .dot(let dimensions):
            let invariants = scan.body.inputs[scan.carried..<scan.carried + scan.invariants].map(\.value)
            if node.operands.contains(where: invariants.contains) { return nil }
            return [LoopProduct(left: node.operands[0], right: node.operands[1], dimensions: dimensions, permutations: [])]
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .reshape,
            .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return nil
        }
    }

    /// The sum over all iterations: the stacks' first axis is contracted too.
    func ofStacks(_ factors: [ValueID], _ name: String, _ builder: inout GraphBuilder) throws(Diagnostic) -> ValueID {
        let stacked = DotDimensions(
            leftBatch: dimensions.leftBatch.map { $0 + 1 }, rightBatch: dimensions.rightBatch.map { $0 + 1 },
            leftContracting: [0] + dimensions.leftContracting.map { $0 + 1 },
            rightContracting: [0] + dimensions.rightContracting.map { $0 + 1 })
        var value = try builder.append(.dot(stacked), factors, names: [name])[0]
        for permutation in permutations {
            value = try builder.append(.transpose(permutation: permutation), [value], names: [name])[0]
        }
        return value
    }
}

/// Where the stacked entries of a body's values are found outside the loop.
private struct Stacks {
    enum Place {
        case operand(Int)
        /// Among the outputs of the body with the added ones.
        case output(Int)
    }

    private let scan: Scan
    private(set) var added: [ValueID] = []

    init(_ scan: Scan) { self.scan = scan }

    mutating func add(_ values: ValueID...) {
        for value in values where existing(value) == nil && !added.contains(value) { added.append(value) }
    }

    func place(of value: ValueID) -> Place {
        existing(value) ?? .output(scan.body.outputs.count + (added.firstIndex(of: value) ?? 0))
    }

    func outputName(of value: ValueID) -> String {
        let taken = Set(scan.body.outputs.map(\.name))
        var name = "stacked.\(scan.body.name(of: value))"
        while taken.contains(name) { name = "stacked.\(name)" }
        return name
    }

    private func existing(_ value: ValueID) -> Place? {
        let firstEntry = scan.carried + scan.invariants
        if let position = scan.body.inputs[firstEntry...].firstIndex(where: { $0.value == value }) { return .operand(position) }
        return scan.body.outputs[scan.carried...].firstIndex { $0.value == value }.map { .output($0) }
    }
}
