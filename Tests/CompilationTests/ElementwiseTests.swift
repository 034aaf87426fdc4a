import Graph
import Passes
import Testing

/// Elementwise operations at every kind of number, against the interpreter.
@Suite struct ElementwiseTests {
    /// Long enough for vector loops and a rest.
    private static let count = 2053

    private static func numbers(_ type: ElementType, seed: Int) -> [Double] {
        var random = Random(seed: seed)
        let special: [Double]
        switch type {
        case .f32:
            special = [
                0, -0.0, .nan, .infinity, -.infinity, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.625, -0.625, 1e-45, -1e-45, 1e-40, -3e-39,
                1.1754944e-38, 3.4028235e38, -3.4028235e38, 88.72283, 88.72284, -87.33655, -87.5, -103.9, -104.1, 89, -90, 1e-8,
                8_388_607.5, 8_388_608, 16_777_215, -16_777_217, 2_147_483_648, -2_147_483_648, 2_147_483_520, 4_294_967_296, 1e-20,
                9.010913, -9.010913, 0.707, 0.70710677, 0.70710684,
            ].map { Double(Float($0)) }
            return special + (special.count..<count).map { index in
                // Half of them any bits at all, half of them where functions are not flat.
                index % 2 == 0
                    ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))) : Double(Float(random.uniform(-12...12)))
            }
        case .f64:
            special = [
                0, -0.0, .nan, .infinity, -.infinity, 1, -1, 0.5, -0.5, 1.5, 2.5, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
                0x1p-1040, .leastNormalMagnitude,
                .greatestFiniteMagnitude, 709.79, -745.2, 4_503_599_627_370_495.5, 2_147_483_647.5, -2_147_483_648.5, 1e300, 3.4e38, 1e-46,
            ]
            return special + (special.count..<count).map { index in
                index % 2 == 0 ? Double(bitPattern: random.next()) : random.uniform(-12...12)
            }
        case .i32:
            special = [0, 1, -1, 2_147_483_647, -2_147_483_648, 65_536, -65_537, 46_341]
            return special + (special.count..<count).map { index in
                Double(index % 2 == 0 ? Int32(truncatingIfNeeded: Int64(bitPattern: random.next())) : Int32(random.integer(-99...99)))
            }
        case .bool: return (0..<count).map { _ in Double(random.integer(0...1)) }
        }
    }

    private static func accepts(_ op: Op, _ operands: [TensorType]) -> Bool { (try? inferTypes(op, operands)) != nil }

    /// Every operation that the element type has; every result is an output.
    private static func graph(_ elementType: ElementType) throws -> Graph {
        let type = TensorType(elementType, [count])
        var builder = GraphBuilder(name: "\(elementType)")
        let (a, b) = (builder.input("a", type), builder.input("b", type))
        let mask = builder.input("mask", TensorType(.bool, [count]))
        for op in UnaryOp.allCases where accepts(.unary(op), [type]) { builder.output(op.rawValue, try builder.unary(op, a)) }
        for op in BinaryOp.allCases where accepts(.binary(op), [type, type]) {
            builder.output(op.rawValue, try builder.binary(op, a, b))
        }
        for comparison in Comparison.allCases { builder.output(comparison.rawValue, try builder.compare(comparison, a, b)) }
        for other in ElementType.allCases { builder.output("to \(other)", try builder.add(.convert(other), [a])) }
        builder.output("select", try builder.select(mask, a, b))
        return builder.graph
    }

    private static let graphs = Result { try ElementType.allCases.map(graph) }
    private static let plan = Result { try CompiledPlan(graphs.get()) }

    /// Units in the last place that single-precision functions may be off by.
    private static func allowed(_ output: String) -> Int {
        switch UnaryOp(rawValue: output) {
        case .exp, .log: return 2
        case .tanh, .logistic: return 3
        case .negate, .abs, .sign, .sqrt, .floor, .roundEven, .logicalNot, nil: return output == "power" ? 1 : 0
        }
    }

    /// How many floats lie between two; where one is NaN or zero the other must be that very number.
    private static func units(_ a: Double, _ b: Double) -> Int {
        if a.isNaN || b.isNaN || b == 0 { return a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) ? 0 : .max }
        func position(_ number: Double) -> Int {
            let bits = Int(Float(number).magnitude.bitPattern)
            return number < 0 ? -bits : bits
        }
        return abs(position(a) - position(b))
    }

    @Test(arguments: ElementType.allCases)
    func agrees(_ type: ElementType) throws {
        let (graph, plan) = (try Self.graphs.get()[ElementType.allCases.firstIndex(of: type)!], try Self.plan.get())
        let entry = try #require(plan.entries.firstIndex { $0.graph.name == graph.name })
        for seed in 1...4 {
            var second = Self.numbers(type, seed: seed)
            // Meets special numbers with each other at different distances.
            second = Array(second[(7 * seed)...] + second[..<(7 * seed)])
            let inputs = [
                Tensor(TensorType(type, [Self.count]), Self.numbers(type, seed: seed)),
                Tensor(TensorType(type, [Self.count]), second),
                Tensor(TensorType(.bool, [Self.count]), Self.numbers(.bool, seed: seed)),
            ]
            let expected = try graph.run(inputs)
            let found = try plan.run(entry, inputs, threads: 2)
            for (position, output) in graph.outputs.enumerated() {
                let isSingle = expected[position].type.elementType == .f32
                let worst = zip(found[position].elements, expected[position].elements).enumerated().max { a, b in
                    Self.error(a.element, output.name, isSingle) < Self.error(b.element, output.name, isSingle)
                }
                guard let (index, pair) = worst else { continue }
                #expect(
                    Self.error(pair, output.name, isSingle) <= Self.allowed(output.name),
                    "\(output.name) of \(type) \(inputs[0].elements[index]), \(inputs[1].elements[index]), seed \(seed): \(pair)")
            }
        }
    }

    private static func error(_ pair: (found: Double, expected: Double), _ output: String, _ isSingle: Bool) -> Int {
        guard isSingle else {
            return pair.found.bitPattern == pair.expected.bitPattern || (pair.found.isNaN && pair.expected.isNaN) ? 0 : .max
        }
        // One part in e^88 of the logistic function is lost to the end of the range of e^x.
        if output == "logistic", pair.expected < 1e-37, pair.found >= 0, pair.found < 1e-37 { return 0 }
        return units(pair.found, pair.expected)
    }
}
