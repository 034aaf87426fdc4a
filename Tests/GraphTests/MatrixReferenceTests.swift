import Graph
import Testing

/// Linear algebra of the interpreter against numbers worked out by hand, and against the equations that define results.
@Suite struct MatrixReferenceTests {
    private func evaluate(_ op: MatrixOp, _ operands: [[Double]], _ extents: [Int], right: [Int]? = nil) throws -> [Double] {
        let types = [TensorType(.f64, Shape(extents)), TensorType(.f64, Shape(right ?? extents))]
        let tensors = zip(types, operands).map { Tensor($0, $1) }
        let result = try inferTypes(.matrix(op), tensors.map(\.type))
        return try Interpreter().evaluate(.matrix(op), tensors, result)[0].elements
    }

    private func expect(_ found: [Double], _ expected: [Double], _ comment: Comment = "") {
        #expect(found.count == expected.count, comment)
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-14 * max(1, abs($1)) }, "\(found) instead of \(expected)")
    }

    @Test func choleskyByHand() throws {
        // [[4, 2], [2, 10]] and the symmetric part of [[9, 6], [0, 2]].
        expect(try evaluate(.cholesky, [[4, 2, 2, 10, 9, 6, 0, 2]], [2, 2, 2]), [2, 0, 1, 3, 3, 0, 1, 1])
        expect(try evaluate(.cholesky, [[49]], [1, 1]), [7])
    }

    @Test func squareRootByHand() throws {
        // [[2, 1], [1, 3]] squared, and a matrix of rank one: (5, 5 · 2; 5 · 2, 5 · 4) has the root of itself over 5.
        expect(try evaluate(.squareRoot, [[5, 5, 5, 10, 5, 10, 10, 20]], [2, 2, 2]), [2, 1, 1, 3, 1, 2, 2, 4])
        expect(try evaluate(.squareRoot, [[49]], [1, 1]), [7])
        expect(try evaluate(.squareRoot, [[0, 0, 0, 0]], [2, 2]), [0, 0, 0, 0])
    }

    @Test func solutionsByHand() throws {
        // The 7 above the diagonal is not read.
        expect(try evaluate(.triangularSolve, [[2, 7, 1, 4], [2, 4, 9, 10]], [2, 2]), [1, 2, 2, 2])
        expect(try evaluate(.triangularSolveTransposed, [[2, 7, 1, 4], [4, 8]], [2, 2], right: [2, 1]), [1, 2])
        // s = diag(1, 3): every element of c is divided by a sum of two of them.
        expect(try evaluate(.sylvester, [[1, 0, 0, 3], [2, 8, 12, 18]], [2, 2]), [1, 2, 3, 3])
    }

    /// s = [[2, 1], [1, 2]], whose eigenvectors are not the axes.
    @Test func sylvesterSolvesItsEquation() throws {
        let (s, c) = ([2.0, 1, 1, 2], [3.0, -1, 4, 7])
        let x = try evaluate(.sylvester, [s, c], [2, 2])
        var sum = [0.0, 0, 0, 0]
        for i in 0..<2 { for j in 0..<2 { for k in 0..<2 { sum[2 * i + j] += s[2 * i + k] * x[2 * k + j] + x[2 * i + k] * s[2 * k + j] } } }
        expect(sum, c)
    }

    @Test(arguments: [
        [1.0, 2, 2, 1], [0, 0, 0, 0], [-1, 0, 0, 4], [.nan, 0, 0, 1], [1, .infinity, 0, 1],
    ])
    func aMatrixThatIsNotDefiniteHasNoFactor(_ elements: [Double]) throws {
        // The next matrix is not touched by it.
        let factors = try evaluate(.cholesky, [elements + [4, 0, 0, 9]], [2, 2, 2])
        #expect(factors[..<4].allSatisfy { $0.isNaN })
        expect(Array(factors[4...]), [2, 0, 0, 3])
    }

    @Test(arguments: [[1.0, 2, 2, 1], [-1, 0, 0, 4], [.nan, 0, 0, 1], [1, .infinity, 0, 1]])
    func aMatrixWithANegativeEigenvalueHasNoRoot(_ elements: [Double]) throws {
        let roots = try evaluate(.squareRoot, [elements + [4, 0, 0, 9]], [2, 2, 2])
        #expect(roots[..<4].allSatisfy { $0.isNaN })
        expect(Array(roots[4...]), [2, 0, 0, 3])
    }

    @Test func matricesWithoutElements() throws {
        for op in MatrixOp.allCases {
            let operands = [[Double]](repeating: [], count: op.operandCount)
            for extents in [[0, 3, 3], [2, 0, 0]] { #expect(try evaluate(op, operands, extents).isEmpty) }
        }
    }
}
