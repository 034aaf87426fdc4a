import Graph

extension GraphBuilder {
    /// tr(Σ₁ + Σ₂ − 2 (Σ₁^½ Σ₂ Σ₁^½)^½) for all pairs of components of two mixtures, [K₁, K₂] (equation 6 of arXiv 2503.11892):
    /// what the covariances add to the squared Wasserstein distance of two Gaussians.
    ///
    /// With Σ = L Lᵀ the matrix under the root has the eigenvalues of A = (L₁ᵀ L₂)(L₁ᵀ L₂)ᵀ, and so its root the same trace. Small
    /// eigenvalues of A are squares of small ones of Σ, for which single precision has too few digits.
    ///
    /// - Parameters:
    ///   - first: Cholesky factors, [K₁, d, d].
    ///   - second: Cholesky factors, [K₂, d, d].
    mutating func covarianceDistances(_ first: ValueID, _ second: ValueID) throws(Diagnostic) -> ValueID {
        let elementType = type(of: first).elementType
        let (left, right) = (try convert(first, to: .f64, "left.f64"), try convert(second, to: .f64, "right.f64"))
        let mixed = try transpose(
            dot(left, right, DotDimensions(leftContracting: [1], rightContracting: [1]), "factors.product"), [0, 2, 1, 3],
            "factors.pairs")
        let squared = try dot(
            mixed, mixed,
            DotDimensions(leftBatch: [0, 1], rightBatch: [0, 1], leftContracting: [3], rightContracting: [3]), "product")
        let root = try add(.matrix(.squareRoot), [squared], "root")
        let rootTrace = try sum(diagonals(of: root, "root.diagonal"), axes: [2], "root.trace")
        let all = shape(of: rootTrace)
        let traces = try add(
            broadcast(sum(square(left, "left.square"), axes: [1, 2], "left.trace"), to: all, axes: [0], "left.trace.all"),
            broadcast(sum(square(right, "right.square"), axes: [1, 2], "right.trace"), to: all, axes: [1], "right.trace.all"),
            "traces")
        return try convert(subtract(traces, multiply(rootTrace, 2, "root.twice"), "spread.f64"), to: elementType, "spread.trace")
    }
}
