import Graph

/// Gradients of linear algebra on matrices, by the same operations and products.
///
/// With dot products ⟨a, b⟩ = Σ aᵢⱼ bᵢⱼ, each rule follows from differentiating the equation that defines the result.
enum MatrixGradient {
    static func propagate(
        _ g: ValueID, _ op: MatrixOp, _ operands: [ValueID], _ result: ValueID, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        switch op {
        case .cholesky:
            try reverse.send(to: operands[0]) { b, hint throws(Diagnostic) in try b.choleskyGradient(g, factor: result, hint) }
        case .triangularSolve, .triangularSolveTransposed:
            try solve(g, op, operands, result, &reverse)
        case .squareRoot:
            // s ds + ds s = da: the adjoint of a Sylvester equation is itself.
            try reverse.send(to: operands[0]) { b, hint throws(Diagnostic) in
                try b.symmetricPart(b.add(.matrix(.sylvester), [result, g]), hint)
            }
        case .sylvester:
            try sylvester(g, operands, result, &reverse)
        }
    }

    /// l x = b: the cotangent of b is y with lᵀ y = g, that of l the lower triangle of −y xᵀ; with lᵀ in place of l, of −x yᵀ.
    private static func solve(
        _ g: ValueID, _ op: MatrixOp, _ operands: [ValueID], _ x: ValueID, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        let adjoint: MatrixOp = op == .triangularSolve ? .triangularSolveTransposed : .triangularSolve
        let y = try reverse.builder.add(.matrix(adjoint), [operands[0], g], reverse.localName(of: operands[1]))
        try reverse.accumulate(y, to: operands[1])
        try reverse.send(to: operands[0]) { b, hint throws(Diagnostic) in
            let product = op == .triangularSolve ? try b.timesTransposed(y, x) : try b.timesTransposed(x, y)
            return try b.unary(.negate, b.lowerTriangle(product, diagonal: 1), hint)
        }
    }

    /// s x + x s = c: the cotangent of c is y with s y + y s = g, that of s the symmetric part of −(y xᵀ + xᵀ y).
    private static func sylvester(
        _ g: ValueID, _ operands: [ValueID], _ x: ValueID, _ reverse: inout ReverseMode
    ) throws(Diagnostic) {
        let y = try reverse.builder.add(.matrix(.sylvester), [operands[0], g], reverse.localName(of: operands[1]))
        try reverse.accumulate(y, to: operands[1])
        try reverse.send(to: operands[0]) { b, hint throws(Diagnostic) in
            let sum = try b.add(b.timesTransposed(y, x), b.transposedTimes(x, y))
            return try b.unary(.negate, b.symmetricPart(sum), hint)
        }
    }
}

extension GraphBuilder {
    /// a = l lᵀ: the cotangent is the symmetric part of l⁻ᵀ Φ(lᵀ g) l⁻¹, where Φ takes the lower triangle and half of the
    /// diagonal (I. Murray, Differentiation of the Cholesky decomposition, arXiv 1602.07527).
    fileprivate mutating func choleskyGradient(_ g: ValueID, factor: ValueID, _ hint: String) throws(Diagnostic) -> ValueID {
        let middle = try lowerTriangle(transposedTimes(factor, g), diagonal: 0.5)
        let left = try add(.matrix(.triangularSolveTransposed), [factor, middle])
        return try symmetricPart(add(.matrix(.triangularSolveTransposed), [factor, transposedMatrices(left)]), hint)
    }

    /// (a + aᵀ)/2.
    fileprivate mutating func symmetricPart(_ a: ValueID, _ hint: String? = nil) throws(Diagnostic) -> ValueID {
        try multiply(add(a, transposedMatrices(a)), 0.5, hint)
    }

    /// The lower triangle with a multiple of the diagonal, zeros above.
    fileprivate mutating func lowerTriangle(_ a: ValueID, diagonal: Double) throws(Diagnostic) -> ValueID {
        let shape = shape(of: a)
        let places = TensorType(.i32, [shape[shape.rank - 2], shape[shape.rank - 1]])
        let (row, column) = (try add(.iota(places, axis: 0), []), try add(.iota(places, axis: 1), []))
        let factors = type(of: a).with(shape: places.shape)
        let (zero, onDiagonal, one) = (try constant(0, factors), try constant(diagonal, factors), try constant(1, factors))
        let outside = try select(compare(.equal, row, column), onDiagonal, zero)
        let factor = try select(compare(.greater, row, column), one, outside)
        return try multiply(a, broadcast(factor, to: shape, axes: [shape.rank - 2, shape.rank - 1]))
    }

    private mutating func transposedMatrices(_ a: ValueID) throws(Diagnostic) -> ValueID {
        let rank = shape(of: a).rank
        return try transpose(a, Array(0..<rank - 2) + [rank - 1, rank - 2])
    }

    /// a bᵀ.
    fileprivate mutating func timesTransposed(_ a: ValueID, _ b: ValueID) throws(Diagnostic) -> ValueID {
        try product(a, b, contractingFromLast: 1)
    }

    /// aᵀ b.
    fileprivate mutating func transposedTimes(_ a: ValueID, _ b: ValueID) throws(Diagnostic) -> ValueID {
        try product(a, b, contractingFromLast: 2)
    }

    private mutating func product(_ a: ValueID, _ b: ValueID, contractingFromLast place: Int) throws(Diagnostic) -> ValueID {
        let rank = shape(of: a).rank
        let batch = Array(0..<rank - 2)
        return try dot(
            a, b,
            DotDimensions(
                leftBatch: batch, rightBatch: batch, leftContracting: [rank - place], rightContracting: [rank - place]))
    }
}
