import Graph

/// A mixture with full covariances (equations 2 to 4 of arXiv 2503.11892). Every covariance is Σ + floor · 1, positive definite,
/// and goes from iteration to iteration as its Cholesky factor.
extension GraphBuilder {
    /// Fits a mixture to samples [B, d] by expectation maximisation; the gradient flows through every iteration.
    mutating func fullCovarianceMixture(
        _ samples: ValueID, _ options: GaussianMixtureOptions
    ) throws(Diagnostic) -> GaussianMixture {
        let start = try initialFullMixture(samples, options)
        let fitted = try scan(
            "em", count: options.iterations,
            carried: [("weights", start.weights), ("means", start.means), ("factors", start.factors)],
            invariants: [("samples", samples)]
        ) { (body, carried, invariants, _) throws(Diagnostic) in
            let posterior = try body.fullPosterior(invariants[0], weights: carried[0], means: carried[1], factors: carried[2])
            let count = try body.atLeast(body.sum(posterior, axes: [0], "mass"), 1e-6, "count")
            let weights = try body.multiply(count, 1 / Double(body.shape(of: posterior)[0]), "next_weights")
            let means = try body.posteriorMean(of: invariants[0], posterior, count: count, "next_means")
            let share = try body.divide(
                posterior, body.broadcast(count, to: body.shape(of: posterior), axes: [1], "count.rows"), "share")
            let covariances = try body.weightedCovariances(of: invariants[0], share, means: means)
            let factors = try body.covarianceFactors(covariances, floor: options.varianceFloor, "next_factors")
            return ([weights, means, factors], [])
        }
        let posterior = try fullPosterior(samples, weights: fitted[0], means: fitted[1], factors: fitted[2])
        return GaussianMixture(means: fitted[1], covariance: .full(factors: fitted[2]), posterior: posterior)
    }

    /// Equal weights, means at evenly spaced samples, and the covariance of all samples for every component.
    private mutating func initialFullMixture(
        _ samples: ValueID, _ options: GaussianMixtureOptions
    ) throws(Diagnostic) -> (weights: ValueID, means: ValueID, factors: ValueID) {
        let (samplesType, shape) = (type(of: samples), shape(of: samples))
        let mean = try broadcast(mean(samples, axes: [0], "samples.mean"), to: shape, axes: [1], "samples.mean.all")
        let centred = try subtract(samples, mean, "samples.centred")
        let products = try dot(
            centred, centred, DotDimensions(leftContracting: [0], rightContracting: [0]), "samples.products")
        let covariance = try multiply(products, 1 / Double(shape[0]), "samples.covariance")
        let factor = try covarianceFactors(covariance, floor: options.varianceFloor, "samples.factor")
        return (
            weights: try constant(
                1 / Double(options.componentCount), samplesType.with(shape: [options.componentCount])),
            means: try startMeans(samples, options),
            factors: try broadcast(
                factor, to: [options.componentCount, shape[1], shape[1]], axes: [1, 2], "start.factors")
        )
    }

    /// The Cholesky factors of Σ + floor · 1, [.., d, d].
    private mutating func covarianceFactors(
        _ covariances: ValueID, floor: Double, _ hint: String
    ) throws(Diagnostic) -> ValueID {
        let shape = shape(of: covariances)
        let width = shape[shape.rank - 1]
        let matrix = type(of: covariances).with(shape: [width, width])
        let diagonal = try select(
            indices(.equal, size: width, "is_diagonal"), constant(floor, matrix), constant(0, matrix), "floor")
        let floors = try broadcast(diagonal, to: shape, axes: [shape.rank - 2, shape.rank - 1], "floor.all")
        return try add(.matrix(.cholesky), [add(covariances, floors, "\(hint).floored")], hint)
    }

    /// The E step: softmax over the components of log π + log N(x; μ, Σ) without the term d log 2π; with Σ = L Lᵀ the distance is
    /// ‖L⁻¹(x − μ)‖², and ½ log |Σ| the sum of the logarithms of L's diagonal.
    private mutating func fullPosterior(
        _ samples: ValueID, weights: ValueID, means: ValueID, factors: ValueID
    ) throws(Diagnostic) -> ValueID {
        let distance = try sum(whitened(samples, means: means, factors: factors), axes: [1], "distance")
        let logarithms = try unary(.log, diagonals(of: factors, "factors.diagonal"), "log_diagonal")
        let logDeterminant = try sum(logarithms, axes: [1], "half_log_determinant")
        let logWeights = try unary(.log, atLeast(weights, 1e-8, "weights.floor"), "log_weights")
        let perComponent = try subtract(logWeights, logDeterminant, "log_scale")
        let logDensity = try subtract(
            broadcast(perComponent, to: shape(of: distance), axes: [0], "log_scale.all"),
            multiply(distance, 0.5, "half_distance"), "log_density")
        return try softmax(transpose(logDensity, [1, 0], "log_density.rows"), "posterior")
    }

    /// The squares of L⁻¹(x − μ) for each component and sample, [K, d, B]; added up over d they are Mahalanobis distances.
    mutating func whitened(_ samples: ValueID, means: ValueID, factors: ValueID) throws(Diagnostic) -> ValueID {
        let difference = try differences(samples, means, "difference")
        return try square(add(.matrix(.triangularSolve), [factors, difference], "whitened"), "whitened.square")
    }

    /// x − μ as columns, [K, d, B].
    private mutating func differences(_ samples: ValueID, _ means: ValueID, _ hint: String) throws(Diagnostic) -> ValueID {
        let (batch, width) = (shape(of: samples)[0], shape(of: samples)[1])
        let all: Shape = [shape(of: means)[0], width, batch]
        let columns = try transpose(samples, [1, 0], "samples.columns")
        return try subtract(
            broadcast(columns, to: all, axes: [1, 2], "\(hint).samples"), broadcast(means, to: all, axes: [0, 1], "\(hint).means"),
            hint)
    }

    /// Σ over n of share[n, k] (x − μ)(x − μ)ᵀ, [K, d, d].
    private mutating func weightedCovariances(
        of samples: ValueID, _ share: ValueID, means: ValueID
    ) throws(Diagnostic) -> ValueID {
        let deviation = try differences(samples, means, "deviation")
        let rows = try transpose(share, [1, 0], "share.rows")
        let weighted = try multiply(
            deviation, broadcast(rows, to: shape(of: deviation), axes: [0, 2], "share.all"), "deviation.weighted")
        return try dot(
            weighted, deviation,
            DotDimensions(leftBatch: [0], rightBatch: [0], leftContracting: [2], rightContracting: [2]), "covariances")
    }

    /// The diagonals of the matrices of the last two axes.
    mutating func diagonals(of matrices: ValueID, _ hint: String) throws(Diagnostic) -> ValueID {
        let shape = shape(of: matrices)
        let (row, column) = (shape.rank - 2, shape.rank - 1)
        let isDiagonal = try broadcast(
            indices(.equal, size: shape[column], "is_diagonal"), to: shape, axes: [row, column], "\(hint).mask")
        return try sum(select(isDiagonal, matrices, constant(0, like: matrices), "\(hint).kept"), axes: [column], hint)
    }
}
