/// Linear algebra on the matrices of the last two axes.
extension OpDefinition {
    static func matrix(_ op: MatrixOp) -> OpDefinition {
        switch op {
        case .cholesky: cholesky
        case .triangularSolve: triangularSolve
        case .triangularSolveTransposed: triangularSolveTransposed
        case .squareRoot: squareRoot
        case .sylvester: sylvester
        }
    }

    /// A symmetric positive definite `%a : f32[2,3,3]`, made of any matrices: m mᵀ and the identity.
    ///
    /// - Parameter input: a further input of the sample.
    private static func definite(_ input: String? = nil) -> [String] {
        ["input %m : f32[2,3,3]"] + (input.map { ["input \($0)"] } ?? []) + definiteMatrix
    }

    private static let definiteMatrix = [
        "%square = dot %m, %m {batch=[[0],[0]], contract=[[2],[2]]} : f32[2,3,3]",
        "%floor = constant {value=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]} : f32[3,3]",
        "%floors = broadcast %floor {axes=[1,2]} : f32[2,3,3]",
        "%a = add %square, %floors : f32[2,3,3]",
    ]

    private static let cholesky = OpDefinition(
        .matrix, spelling: MatrixOp.cholesky.rawValue,
        "The lower triangular factor of symmetric positive definite matrices, which are read as (a + aᵀ)/2; NaN for a matrix "
            + "that is not positive definite",
        operands: ["a"], result: "the type of `a`; zero above the diagonal", rules: ["element-type", "square"],
        sample: definite() + [
            "%l = cholesky %a : f32[2,3,3]",
            "output l = %l",
        ])

    private static let triangularSolve = OpDefinition(
        .matrix, spelling: MatrixOp.triangularSolve.rawValue,
        "The solution x of l x = b for triangular matrices, of which the lower triangle is read", operands: ["l", "b"],
        result: "the type of `b`", rules: ["element-type", "square", "rows"],
        sample: definite("%b : f32[2,3,4]") + [
            "%l = cholesky %a : f32[2,3,3]",
            "%x = triangular_solve %l, %b : f32[2,3,4]",
            "output x = %x",
        ])

    private static let triangularSolveTransposed = OpDefinition(
        .matrix, spelling: MatrixOp.triangularSolveTransposed.rawValue,
        "The solution x of lᵀ x = b for triangular matrices, of which the lower triangle is read", operands: ["l", "b"],
        result: "the type of `b`", rules: ["element-type", "square", "rows"],
        sample: definite("%b : f32[2,3,4]") + [
            "%l = cholesky %a : f32[2,3,3]",
            "%x = triangular_solve_transposed %l, %b : f32[2,3,4]",
            "output x = %x",
        ])

    private static let squareRoot = OpDefinition(
        .matrix, spelling: MatrixOp.squareRoot.rawValue,
        "The symmetric square root of symmetric positive semidefinite matrices, which are read as (a + aᵀ)/2; NaN for a "
            + "matrix with a negative eigenvalue",
        operands: ["a"], result: "the type of `a`", rules: ["element-type", "square"],
        sample: definite() + [
            "%s = matrix_sqrt %a : f32[2,3,3]",
            "output s = %s",
        ])

    private static let sylvester = OpDefinition(
        .matrix, spelling: MatrixOp.sylvester.rawValue,
        "The solution x of s x + x s = c for symmetric matrices, which are read as (s + sᵀ)/2; not finite where two "
            + "eigenvalues of s add up to zero",
        operands: ["s", "c"], result: "the type of `s`, which `c` has too", rules: ["element-type", "square", "same-type"],
        sample: definite("%c : f32[2,3,3]") + [
            "%x = sylvester %a, %c : f32[2,3,3]",
            "output x = %x",
        ])
}
