import Graph
import Passes
import Testing

@Suite struct SimplifyTests {
    private static func simplify(_ graph: Graph) throws -> Graph {
        try PassManager().run([Simplify.pass, DeadCode.pass], on: graph).graph
    }

    @Test(arguments: Rewrite.all)
    func becomes(_ rewrite: Rewrite) throws {
        let found = try Self.simplify(Graph.parsed(rewrite.before))
        let expected = try Graph.parsed(rewrite.after)
        #expect(Fingerprint(found) == Fingerprint(expected), "\(rewrite) became\n\(found.text)")
        #expect(try Simplify.pass.run(found) == found)
    }

    /// Numbers at which a wrong rule shows.
    private static let special: [Double] = [
        0, -0.0, 1, -1, .infinity, -.infinity, .nan, 1e-45, -1e-45, 1e-39, 0.5, -0.5, 2.5, -3.5, 3.4028235e38, -3.4028235e38,
        16_777_217, 1.1754944e-38, -2,
    ]

    private static func inputs(_ graph: Graph, shift: Int, moderate: Bool) -> [Tensor] {
        graph.inputs.enumerated().map { position, input in
            let type = graph.type(of: input.value)
            let elements = (0..<type.elementCount).map { index in
                let number = special[(index + position * shift) % special.count]
                if type.elementType == .i32 { return number.isFinite ? number.rounded() : 7 }
                return moderate && abs(number) > 1e30 && number.isFinite ? 3 : number
            }
            return Tensor(type, elements)
        }
    }

    /// At zeros of both signs, infinities, NaN and the ends of the number range too, to the bit.
    @Test(arguments: Rewrite.all)
    func keepsTheMeaning(_ rewrite: Rewrite) throws {
        let before = try Graph.parsed(rewrite.before)
        let after = try Self.simplify(before)
        for shift in 0..<Self.special.count {
            let inputs = Self.inputs(before, shift: shift, moderate: rewrite.rounds)
            for (found, expected) in zip(try after.run(inputs), try before.run(inputs)) {
                let isSame = rewrite.rounds ? found.relativeDistance(to: expected) < 1e-6 : found.isIdentical(to: expected)
                try #require(isSame, "\(rewrite), shift \(shift): \(found.elements) instead of \(expected.elements)")
            }
        }
    }

    // MARK: Factors that do not merge

    private static func scaled(_ first: String, _ second: String, _ type: String) -> String {
        "input %x : \(type)\n\(Rewrite.factors(first, second, type))\noutput y = %y"
    }

    /// Where the product of the factors is out of range, x times one and then the other is not.
    @Test(arguments: [
        ("1e+30", "1e+30", 0.0, 0.0), ("1e-30", "1e-30", Double.infinity, .infinity), ("1e-30", "1e-30", 1e38, 1e-22),
        ("1e+30", "1e-30", 1, 1), ("1e+38", "10.0", 1e-38, 10),
    ])
    func factorsOutOfRangeStay(_ first: String, _ second: String, _ x: Double, _ expected: Double) throws {
        let graph = try Self.simplify(Graph.parsed(Self.scaled(first, second, "f32[]")))
        let y = try graph.run([Tensor(scalar: x)])[0]
        #expect(y.relativeDistance(to: Tensor(scalar: expected)) < 1e-6, "\(y.scalar)")
    }

    @Test func integerFactorsWrap() throws {
        let graph = try Graph.parsed(Self.scaled("65537", "65537", "i32[]"))
        let inputs = [Tensor(scalar: 3, .i32)]
        #expect(try Self.simplify(graph).run(inputs) == graph.run(inputs))
    }

    @Test func sumsOverNoAxesAreTheirOperand() throws {
        let graph = try Graph.parsed("input %x : f32[3]\n%y = reduce %x {kind=sum, axes=[]} : f32[3]\noutput y = %y")
        #expect(try Self.simplify(graph).nodes.isEmpty)
    }
}
