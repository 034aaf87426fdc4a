/// Linear algebra on the matrices that the last two axes of a tensor hold.
///
/// A symmetric operand is read as its symmetric part (a + aᵀ)/2, a triangular one only in its lower triangle, so that the
/// operations are functions of all elements and their gradients too. Where there is no result, as for a matrix that is not
/// positive definite, the result for that matrix is NaN.
public enum MatrixOp: String, Hashable, Sendable, CaseIterable {
    /// The lower triangular l with l lᵀ = a.
    case cholesky
    /// The x with l x = b for lower triangular l.
    case triangularSolve = "triangular_solve"
    /// The x with lᵀ x = b for lower triangular l.
    case triangularSolveTransposed = "triangular_solve_transposed"
    /// The symmetric positive semidefinite s with s s = a.
    case squareRoot = "matrix_sqrt"
    /// The x with s x + x s = c for symmetric s.
    case sylvester

    public var operandCount: Int {
        switch self {
        case .cholesky, .squareRoot: 1
        case .triangularSolve, .triangularSolveTransposed, .sylvester: 2
        }
    }

    /// About how many multiply-adds a node with this operation takes.
    package func operations(_ node: Graph.Node, _ graph: Graph) -> Double {
        let extent = Double(graph.type(of: node.operands[0]).shape.dimensions.last ?? 0)
        let elements = Double(graph.type(of: node.result).elementCount)
        return switch self {
        case .cholesky: elements * extent / 3
        case .triangularSolve, .triangularSolveTransposed: elements * extent / 2
        case .squareRoot: elements * extent * 18
        case .sylvester: elements * extent * 24
        }
    }
}
