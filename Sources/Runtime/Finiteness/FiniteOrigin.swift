import Graph

/// Finds the operation inside a kernel that makes the first number which is not finite, with the reference interpreter.
struct FiniteOrigin {
    private let kernels: KernelGraph
    private let kernelOfTensor: [String: Int]

    init(_ kernels: KernelGraph) {
        self.kernels = kernels
        var positions: [String: Int] = [:]
        for (position, kernel) in kernels.kernels.enumerated() {
            for result in kernel.results { positions[kernels.name(of: result)] = position }
        }
        kernelOfTensor = positions
    }

    /// More elementary operations than this take the interpreter too long.
    private static let most = 300_000_000.0

    /// The values that kernels with infinite constants compute: there, infinities are no mistake.
    var infiniteByDesign: Set<String> {
        Set(kernels.kernels.filter { Self.hasInfiniteConstant($0.body) }.flatMap { $0.results.map(kernels.name) })
    }

    private static func hasInfiniteConstant(_ graph: Graph) -> Bool {
        graph.nodes.contains { node in
            if case .scan(let scan) = node.op { return hasInfiniteConstant(scan.body) }
            guard case .constant(_, let constant) = node.op else { return false }
            switch constant {
            case .splat(let value): return value.isInfinite
            case .dense(let values): return values.contains(where: \.isInfinite)
            }
        }
    }

    /// Runs the kernel that computes a value, operation by operation, and says in lines which one is the first.
    ///
    /// - Parameter operands: of the step, in order.
    func lines(_ name: String, _ operands: [Tensor]) -> [String] {
        guard let position = kernelOfTensor[name] else { return [] }
        let body = kernels.kernels[position].body
        guard Self.work(body) <= Self.most else {
            return ["the kernel is too large to be run by operations here; compiled with --unfused the check sees inside"]
        }
        if let cause = Self.cause(body, operands, "inside the kernel") { return cause }
        return [
            "run in the interpreter, which sums in double precision, the kernel gives finite numbers: a sum of f32 overflows, or "
                + "the compiled code is wrong (dgc bisect tells)"
        ]
    }

    /// The first operation of a graph whose result is not finite though its operands are; of a loop, that of its body.
    ///
    /// - Parameter place: where the graph stands, in words.
    private static func cause(_ body: Graph, _ operands: [Tensor], _ place: String) -> [String]? {
        guard let values = try? Interpreter().allValues(body, operands) else { return nil }
        for node in body.nodes {
            for result in node.results {
                let count = NonFiniteCount(values[result.index].elements)
                let isGiven = node.operands.contains { !NonFiniteCount(values[$0.index].elements).isFinite }
                if count.nans == 0, count.infinities == 0 || isGiven || isConstant(node.op) { continue }
                if case .scan(let scan) = node.op, !isGiven {
                    let inner = cause(scan, node.operands.map { values[$0.index] }, body.name(of: result))
                    if let inner { return inner }
                }
                return describe(node, result, count, body, values, place)
            }
        }
        return nil
    }

    /// The same in the first iteration of a loop that has one.
    private static func cause(_ scan: Scan, _ operands: [Tensor], _ name: String) -> [String]? {
        var found: [String]?
        _ = try? Interpreter().iterate(scan, operands) { (iteration, _, inputs) throws(Diagnostic) in
            found = cause(scan.body, inputs, "in iteration \(iteration) of \(scan.count) of the loop of \(name)")
            return found == nil ? Array(try Interpreter().run(scan.body, inputs)[..<scan.carried]) : nil
        }
        return found
    }

    private static func isConstant(_ op: Op) -> Bool {
        if case .constant = op { return true }
        return false
    }

    private static func describe(
        _ node: Graph.Node, _ result: ValueID, _ count: NonFiniteCount, _ body: Graph, _ values: [Tensor], _ place: String
    ) -> [String] {
        let type = body.type(of: result)
        let element = FiniteFinding.element(count, type)
        var lines = ["made \(place) by \(node.op.spelling): \(body.name(of: result)) is \(element)"]
        var shown: Set<ValueID> = []
        for operand in node.operands where shown.insert(operand).inserted {
            let tensor = values[operand.index]
            // Element by element, the operand at the same place is the cause.
            if let first = count.first, tensor.type.shape == type.shape, Self.isElementwise(node.op) {
                lines.append("  there \(body.name(of: operand)) is \(tensor.elements[first.index])")
            } else {
                let numbers = NonFiniteCount(tensor.elements).description
                lines.append("  its operand \(body.name(of: operand)) : \(tensor.type) has \(numbers)")
            }
        }
        return lines
    }

    private static func isElementwise(_ op: Op) -> Bool {
        switch op {
        case .unary, .binary, .compare, .select, .convert, .stopGradient: true
        case .constant, .iota, .randomUniform, .reduce, .dot, .transpose, .reshape, .broadcast, .slice, .pad, .concatenate,
            .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            false
        }
    }

    /// How many elementary operations a graph is, roughly.
    private static func work(_ graph: Graph) -> Double {
        var work = 0.0
        for node in graph.nodes {
            let elements = node.results.reduce(0.0) { $0 + Double(graph.type(of: $1).elementCount) }
            if case .scan(let scan) = node.op { work += Double(scan.count) * Self.work(scan.body) }
            var terms = 1.0
            if case .dot(let dimensions) = node.op {
                let left = graph.type(of: node.operands[0]).shape.dimensions
                terms = dimensions.leftContracting.reduce(1) { $0 * Double(left[$1]) }
            }
            let read = node.operands.map { Double(graph.type(of: $0).elementCount) }.max() ?? 0
            work += max(elements * terms, read)
        }
        return work
    }
}
