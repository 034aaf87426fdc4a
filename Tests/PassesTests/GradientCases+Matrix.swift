import Graph

/// Linear algebra on matrices, of which no operand is symmetric or triangular by itself: what an operation does not read has no
/// gradient.
extension GradientCase {
    static let matrices = [
        decomposition("cholesky", extents: "2,3,3", extent: 3), decomposition("matrix_sqrt", extents: "2,3,3", extent: 3),
        decomposition("cholesky, of one element", extents: "1,1", extent: 1),
        decomposition("matrix_sqrt, of one element", extents: "1,1", extent: 1),
        decomposition("matrix_sqrt, of a multiple of the identity and a little", extents: "4,4", extent: 4, factor: 1e-3),
        solution("triangular_solve", right: "2,3,4"), solution("triangular_solve, of one column", right: "2,3,1"),
        solution("triangular_solve_transposed", right: "2,3,4"), solution("sylvester", right: "2,3,3"),
        chain, loop,
    ]

    /// A multiple of the identity, large enough that adding it makes any matrix of the tests definite.
    private static func identity(_ extent: Int, _ extents: String) -> String {
        let elements = (0..<extent * extent).map { $0 % (extent + 1) == 0 ? "6.0" : "0.0" }.joined(separator: ", ")
        let axes = extents.split(separator: ",").count
        return """
            %floor = constant {value=[\(elements)]} : f64[\(extent),\(extent)]
            %floors = broadcast %floor {axes=[\(axes - 2),\(axes - 1)]} : f64[\(extents)]
            """
    }

    private static func decomposition(_ description: String, extents: String, extent: Int, factor: Double = 1) -> GradientCase {
        GradientCase(
            description,
            """
            input %x : f64[\(extents)]
            %factor = constant {value=\(factor)} : f64[\(extents)]
            %scaled = multiply %x, %factor : f64[\(extents)]
            \(identity(extent, extents))
            %a = add %scaled, %floors : f64[\(extents)]
            %y = \(description.prefix { $0 != "," }) %a : f64[\(extents)]
            output y = %y
            """)
    }

    private static func solution(_ description: String, right: String) -> GradientCase {
        GradientCase(
            description,
            """
            input %x : f64[2,3,3]
            input %b : f64[\(right)]
            \(identity(3, "2,3,3"))
            %a = add %x, %floors : f64[2,3,3]
            %y = \(description.prefix { $0 != "," }) %a, %b : f64[\(right)]
            output y = %y
            """)
    }

    /// The distance of a sample from a Gaussian, and the logarithm of its determinant.
    private static let chain = GradientCase(
        "triangular_solve, by a factor of its own",
        """
        input %x : f64[3,3]
        input %b : f64[3,2]
        \(identity(3, "3,3"))
        %square = dot %x, %x {batch=[[],[]], contract=[[1],[1]]} : f64[3,3]
        %a = add %square, %floors : f64[3,3]
        %l = cholesky %a : f64[3,3]
        %y = triangular_solve %l, %b : f64[3,2]
        %squares = multiply %y, %y : f64[3,2]
        %distance = reduce %squares {kind=sum, axes=[0]} : f64[2]
        output distance = %distance
        """)

    private static let loop = GradientCase(
        "cholesky, in a scan",
        """
        input %x : f64[2,2]
        input %b : f64[2,2]
        %last = scan %x, %b {count=4, carried=1, scanned=0, reverse=false} : f64[2,2] {
          input %state : f64[2,2]
          input %b : f64[2,2]
          \(identity(2, "2,2"))
          %a = add %state, %floors : f64[2,2]
          %l = cholesky %a : f64[2,2]
          %y = triangular_solve %l, %b : f64[2,2]
          %s = matrix_sqrt %a : f64[2,2]
          %sum = add %y, %s : f64[2,2]
          %half = constant {value=0.5} : f64[2,2]
          %next = multiply %sum, %half : f64[2,2]
          output next = %next
        }
        output last = %last
        """)
}
