/// Linear algebra on the matrices of tensors, each by the method that is the simplest to read.
struct MatrixReference {
    let operands: [Tensor]
    let type: TensorType

    func evaluate(_ op: MatrixOp) -> Tensor {
        let extent = operands[0].type.shape.dimensions.last ?? 0
        let columns = type.shape.dimensions.last ?? 0
        var elements: [Double] = []
        elements.reserveCapacity(type.elementCount)
        let size = extent * columns
        guard size > 0 else { return Tensor(type, []) }
        for matrix in 0..<type.elementCount / size {
            let first = Matrix(operands[0], matrix, rows: extent, columns: extent)
            switch op {
            case .cholesky: elements += Self.cholesky(first.symmetricPart).elements
            case .squareRoot: elements += Self.squareRoot(first.symmetricPart).elements
            case .triangularSolve, .triangularSolveTransposed:
                let right = Matrix(operands[1], matrix, rows: extent, columns: columns)
                let isTransposed = op == .triangularSolveTransposed
                elements += Self.solve(isTransposed ? first.transposed : first, right, fromLast: isTransposed).elements
            case .sylvester:
                let right = Matrix(operands[1], matrix, rows: extent, columns: extent)
                elements += Self.sylvester(first.symmetricPart, right).elements
            }
        }
        return Tensor(type, elements)
    }

    /// Row by row, each element from those before it (Cholesky–Banachiewicz).
    private static func cholesky(_ a: Matrix) -> Matrix {
        var l = Matrix(rows: a.rows, columns: a.rows, repeating: 0)
        for i in 0..<a.rows {
            for j in 0...i {
                var rest = a[i, j]
                for k in 0..<j { rest -= l[i, k] * l[j, k] }
                if i == j {
                    guard rest > 0 else { return Matrix(rows: a.rows, columns: a.rows, repeating: .nan) }
                    l[i, i] = rest.squareRoot()
                } else {
                    l[i, j] = rest / l[j, j]
                }
            }
        }
        return l
    }

    /// Substitution from the first row on or, for an upper triangle, from the last one.
    private static func solve(_ triangle: Matrix, _ b: Matrix, fromLast: Bool) -> Matrix {
        var x = b
        for i in fromLast ? Array((0..<b.rows).reversed()) : Array(0..<b.rows) {
            for column in 0..<b.columns {
                for j in fromLast ? i + 1..<b.rows : 0..<i { x[i, column] -= triangle[i, j] * x[j, column] }
                x[i, column] /= triangle[i, i]
            }
        }
        return x
    }

    private static func squareRoot(_ a: Matrix) -> Matrix {
        let (values, vectors) = SymmetricEigenvalues.decompose(a)
        let largest = values.map { abs($0) }.max() ?? 0
        // Rounding makes an eigenvalue of zero a small number of either sign.
        let rounding = Double(a.rows) * .ulpOfOne * largest
        guard values.allSatisfy({ $0 >= -rounding }) else { return Matrix(rows: a.rows, columns: a.rows, repeating: .nan) }
        var scaled = vectors
        for j in 0..<a.rows {
            let root = max(values[j], 0).squareRoot()
            for i in 0..<a.rows { scaled[i, j] *= root }
        }
        return scaled * vectors.transposed
    }

    /// In the basis of eigenvectors the equation is one of numbers.
    private static func sylvester(_ s: Matrix, _ c: Matrix) -> Matrix {
        let (values, vectors) = SymmetricEigenvalues.decompose(s)
        var x = vectors.transposed * c * vectors
        for i in 0..<s.rows {
            for j in 0..<s.rows { x[i, j] /= values[i] + values[j] }
        }
        return vectors * x * vectors.transposed
    }
}
