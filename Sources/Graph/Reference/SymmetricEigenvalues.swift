/// Eigenvalues and eigenvectors of symmetric matrices by Jacobi's method: rotations that make one pair of elements zero
/// after the other, until all that is off the diagonal is rounding.
enum SymmetricEigenvalues {
    /// Far more sweeps than the quadratic convergence needs.
    private static let mostSweeps = 60

    /// The eigenvalues, and a matrix with an eigenvector in each column; NaN where an element is not finite.
    static func decompose(_ matrix: Matrix) -> (values: [Double], vectors: Matrix) {
        let count = matrix.rows
        guard matrix.elements.allSatisfy(\.isFinite) else {
            let none = Matrix(rows: count, columns: count, repeating: .nan)
            return ([Double](repeating: .nan, count: count), none)
        }
        var a = matrix
        var vectors = Matrix(rows: count, columns: count, repeating: 0)
        for i in 0..<count { vectors[i, i] = 1 }
        for _ in 0..<mostSweeps {
            var isDiagonal = true
            for p in 0..<count {
                for q in p + 1..<count {
                    let negligible = 0.25 * .ulpOfOne * (abs(a[p, p]) * abs(a[q, q])).squareRoot()
                    guard abs(a[p, q]) > max(negligible, .leastNormalMagnitude) else { continue }
                    isDiagonal = false
                    rotate(&a, &vectors, p, q)
                }
            }
            if isDiagonal { break }
        }
        return ((0..<count).map { a[$0, $0] }, vectors)
    }

    /// Makes the elements (p, q) and (q, p) zero.
    private static func rotate(_ a: inout Matrix, _ vectors: inout Matrix, _ p: Int, _ q: Int) {
        let ratio = (a[q, q] - a[p, p]) / (2 * a[p, q])
        let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let sine = tangent * cosine
        for k in 0..<a.rows { turn(&a.elements, k * a.columns + p, k * a.columns + q, cosine, sine) }
        for k in 0..<a.rows { turn(&a.elements, p * a.columns + k, q * a.columns + k, cosine, sine) }
        for k in 0..<a.rows { turn(&vectors.elements, k * a.columns + p, k * a.columns + q, cosine, sine) }
        a[p, q] = 0
        a[q, p] = 0
    }

    private static func turn(_ elements: inout [Double], _ i: Int, _ j: Int, _ cosine: Double, _ sine: Double) {
        let (x, y) = (elements[i], elements[j])
        elements[i] = cosine * x - sine * y
        elements[j] = sine * x + cosine * y
    }
}
