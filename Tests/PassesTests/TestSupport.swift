import Graph
import Passes
import Testing

/// A small random number generator (SplitMix64), the same on every machine.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
    mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// Anything that the element type can hold, of moderate size.
    mutating func tensor(_ type: TensorType) -> Tensor {
        let elements = (0..<type.elementCount).map { _ in
            switch type.elementType {
            case .f32, .f64: uniform(-2...2)
            case .i32: Double(integer(-9...9))
            case .bool: Double(integer(0...1))
            }
        }
        return Tensor(type, elements)
    }

    /// A tensor for each input of a graph, in order.
    mutating func inputs(_ graph: Graph) -> [Tensor] {
        var tensors: [Tensor] = []
        for input in graph.inputs { tensors.append(tensor(graph.type(of: input.value))) }
        return tensors
    }
}

extension Graph {
    /// A graph from what stands between its braces.
    static func parsed(_ body: String) throws(Diagnostic) -> Graph {
        try GraphParser.parse("dg 1 graph\ngraph @test {\n\(body)\n}\n", file: "test")
    }

    /// Appends a node with one result.
    mutating func append(_ op: Op, _ operands: [ValueID], _ name: String) throws(Diagnostic) -> ValueID {
        let type = try inferTypes(op, operands.map { self.type(of: $0) })[0]
        let result = ValueID(values.count)
        values.append(Value(name: name, type: type, definition: .node(NodeID(nodes.count), result: 0)))
        nodes.append(Node(op: op, operands: operands, results: [result]))
        return result
    }

    /// Returns one scalar more: the sum of all elements of the given values, each times a random weight.
    mutating func appendWeightedSum(of summands: [ValueID], named name: String, seed: Int) throws(Diagnostic) {
        var random = Random(seed: seed)
        var total: ValueID?
        for (position, value) in summands.enumerated() {
            let type = self.type(of: value)
            let weights = (0..<type.elementCount).map { _ in random.uniform(0.25...1) * (random.integer(0...1) == 0 ? 1 : -1) }
            let prefix = "\(name).\(position)"
            let constant = try append(.constant(type, .dense(weights)), [], "\(prefix).weights")
            let product = try append(.binary(.multiply), [value, constant], "\(prefix).weighted")
            let sum = try append(.reduce(.sum, axes: Array(0..<type.shape.rank)), [product], "\(prefix).sum")
            total = try total.map { earlier throws(Diagnostic) in
                try append(.binary(.add), [earlier, sum], "\(prefix).total")
            } ?? sum
        }
        if let total { outputs.append(Output(name: name, value: total)) }
    }

    /// Requires that a pass turns one graph into the other, whatever names it gives.
    static func expect(_ before: String, becomes after: String, _ pass: GraphPass) throws {
        let found = try PassManager().run([pass], on: parsed(before)).graph
        #expect(Fingerprint(found) == Fingerprint(try parsed(after)), "\(found.text)")
    }

    func run(_ inputs: [Tensor]) throws(Diagnostic) -> [Tensor] { try Interpreter().run(self, inputs) }

    /// Whether an operation stands in the graph or in one of its bodies.
    func contains(where predicate: (Op) -> Bool) -> Bool {
        nodes.contains { node in
            if predicate(node.op) { return true }
            if case .scan(let scan) = node.op { return scan.body.contains(where: predicate) }
            return false
        }
    }
}

extension Tensor {
    /// Equal to the bit, but for which NaN it is.
    func isIdentical(to other: Tensor) -> Bool {
        type == other.type
            && zip(elements, other.elements).allSatisfy { $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN) }
    }

    /// The largest difference, in units of the largest element of both.
    func relativeDistance(to other: Tensor) -> Double {
        var (difference, size) = (0.0, 0.0)
        for (a, b) in zip(elements, other.elements) where a != b && !(a.isNaN && b.isNaN) {
            difference = max(difference, (a - b).isFinite ? abs(a - b) : .infinity)
        }
        for element in elements + other.elements where element.isFinite { size = max(size, abs(element)) }
        return difference == 0 ? 0 : difference / size
    }
}
