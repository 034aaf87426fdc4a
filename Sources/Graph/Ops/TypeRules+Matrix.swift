extension TypeRules {
    func matrix(_ op: MatrixOp) throws(Diagnostic) -> TensorType {
        let (type, shape) = (operands[0], operands[0].shape)
        try require(
            type.elementType.isFloating && operands.allSatisfy { $0.elementType == type.elementType }, "element-type",
            "operands have one floating element type", expected: "f32 or f64",
            found: operands.map(\.description).joined(separator: ", "))
        try require(
            shape.rank >= 2 && shape[shape.rank - 1] == shape[shape.rank - 2], "square",
            "the last two axes of the first operand hold square matrices", expected: "equal extents", found: "\(type)")
        switch op {
        case .cholesky, .squareRoot: return type
        case .sylvester:
            try checkSame(0, 1)
            return type
        case .triangularSolve, .triangularSolveTransposed:
            let right = operands[1].shape
            let rows = Array(shape.dimensions.dropLast())
            try require(
                right.rank == shape.rank && Array(right.dimensions.dropLast()) == rows, "rows",
                "the right side has the matrices' extents on all axes but the last", expected: "\(rows) and any last extent",
                found: "\(operands[1])")
            return operands[1]
        }
    }
}
