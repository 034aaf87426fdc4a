import Graph

/// A mixture of K Gaussians: the prototypes of one modality (equations 2 to 4 of arXiv 2503.11892).
struct GaussianMixture {
    /// μ, [K, d].
    var means: ValueID
    var covariance: Covariance
    /// γ, [B, K]: how likely each component is to have given each sample.
    var posterior: ValueID

    enum Covariance {
        /// σ², [K, d].
        case diagonal(variances: ValueID)
        /// L with L Lᵀ = Σ, [K, d, d].
        case full(factors: ValueID)
    }
}

struct GaussianMixtureOptions {
    var componentCount: Int
    var iterations: Int
    var varianceFloor: Double
}

extension GraphBuilder {
    /// Fits a mixture with diagonal covariances to samples [B, d] by expectation maximisation; the gradient flows through every iteration.
    mutating func gaussianMixture(
        _ samples: ValueID, _ options: GaussianMixtureOptions
    ) throws(Diagnostic) -> GaussianMixture {
        let start = try initialMixture(samples, options)
        let batch = shape(of: samples)[0]
        let fitted = try scan(
            "em", count: options.iterations,
            carried: [("weights", start.weights), ("means", start.means), ("variances", start.variances)],
            invariants: [("samples", samples)]
        ) { (body, carried, invariants, _) throws(Diagnostic) in
            let posterior = try body.mixturePosterior(
                invariants[0], weights: carried[0], means: carried[1], variances: carried[2])
            let mass = try body.sum(posterior, axes: [0], "mass")
            let count = try body.atLeast(mass, 1e-6, "count")
            let weights = try body.multiply(count, 1 / Double(batch), "next_weights")
            let means = try body.posteriorMean(of: invariants[0], posterior, count: count, "next_means")
            let spread = try body.posteriorSpread(of: invariants[0], posterior, means: means, mass: mass, count: count)
            return ([weights, means, try body.atLeast(spread, options.varianceFloor, "next_variances")], [])
        }
        let posterior = try mixturePosterior(samples, weights: fitted[0], means: fitted[1], variances: fitted[2])
        return GaussianMixture(means: fitted[1], covariance: .diagonal(variances: fitted[2]), posterior: posterior)
    }

    /// Equal weights, means at evenly spaced samples, and the variance of all samples for every component.
    private mutating func initialMixture(
        _ samples: ValueID, _ options: GaussianMixtureOptions
    ) throws(Diagnostic) -> (weights: ValueID, means: ValueID, variances: ValueID) {
        let (samplesType, shape) = (type(of: samples), shape(of: samples))
        let components: Shape = [options.componentCount, shape[1]]
        let means = try startMeans(samples, options)
        let mean = try broadcast(mean(samples, axes: [0], "samples.mean"), to: shape, axes: [1], "samples.mean.all")
        let deviations = try square(subtract(samples, mean, "samples.centred"), "samples.centred.square")
        let variance = try atLeast(
            self.mean(deviations, axes: [0], "samples.variance"), options.varianceFloor, "start.variance")
        return (
            weights: try constant(
                1 / Double(options.componentCount), samplesType.with(shape: [options.componentCount])),
            means: means, variances: try broadcast(variance, to: components, axes: [1], "start.variances")
        )
    }

    /// The rows of the samples that the means start at, [K, d].
    mutating func startMeans(_ samples: ValueID, _ options: GaussianMixtureOptions) throws(Diagnostic) -> ValueID {
        let rows = GaussianMixtureOptions.startRows(batch: shape(of: samples)[0], count: options.componentCount)
        let rowsType = TensorType(.i32, [options.componentCount])
        let indices = try add(.constant(rowsType, .dense(rows.map(Double.init))), [], "start.rows")
        return try add(.gather, [samples, indices], "start.means")
    }

    /// The E step: softmax over the components of log π + log N(x; μ, σ²). The term d log 2π is the same for all
    /// components and left out.
    private mutating func mixturePosterior(
        _ samples: ValueID, weights: ValueID, means: ValueID, variances: ValueID
    ) throws(Diagnostic) -> ValueID {
        let (batch, width) = (shape(of: samples)[0], shape(of: samples)[1])
        let count = shape(of: weights)[0]
        let all: Shape = [batch, count, width]
        let difference = try subtract(
            broadcast(samples, to: all, axes: [0, 2], "samples.all"),
            broadcast(means, to: all, axes: [1, 2], "means.all"),
            "difference")
        let scaled = try divide(
            square(difference), broadcast(variances, to: all, axes: [1, 2], "variances.all"), "scaled")
        let distance = try sum(scaled, axes: [2], "distance")
        let logDeterminant = try sum(unary(.log, variances, "log_variances"), axes: [1], "log_determinant")
        let logWeights = try unary(.log, atLeast(weights, 1e-8, "weights.floor"), "log_weights")
        let perComponent = try subtract(logWeights, multiply(logDeterminant, 0.5, "half_log_determinant"), "log_scale")
        let logDensity = try subtract(
            broadcast(perComponent, to: [batch, count], axes: [1], "log_scale.all"),
            multiply(distance, 0.5, "half_distance"), "log_density")
        return try softmax(logDensity, "posterior")
    }

    /// γᵀx / n: the mean of the samples, weighted by the posterior, for each component.
    mutating func posteriorMean(
        of samples: ValueID, _ posterior: ValueID, count: ValueID, _ hint: String
    ) throws(Diagnostic) -> ValueID {
        let sum = try dot(posterior, samples, DotDimensions(leftContracting: [0], rightContracting: [0]), "\(hint).sum")
        return try divide(sum, broadcast(count, to: shape(of: sum), axes: [0], "count.all"), hint)
    }
}

extension GraphBuilder {
    /// γᵀx²/n − μ², written as Σ γ (x − μ)² / n + μ² (1 − Σγ/n): variances are small beside squares, and the difference
    /// would lose their digits. The second term is zero unless n was raised to its floor.
    fileprivate mutating func posteriorSpread(
        of samples: ValueID, _ posterior: ValueID, means: ValueID, mass: ValueID, count: ValueID
    ) throws(Diagnostic) -> ValueID {
        let (batch, width) = (shape(of: samples)[0], shape(of: samples)[1])
        let all: Shape = [batch, shape(of: means)[0], width]
        let difference = try subtract(
            broadcast(samples, to: all, axes: [0, 2], "samples.all"), broadcast(means, to: all, axes: [1, 2], "next_means.all"),
            "deviation")
        let weighted = try multiply(
            broadcast(posterior, to: all, axes: [0, 1], "posterior.all"), square(difference, "deviation.square"), "deviation.weighted")
        let sum = try sum(weighted, axes: [0], "spread.sum")
        let deviation = try divide(sum, broadcast(count, to: shape(of: sum), axes: [0], "count.all"), "deviation.mean")
        let missing = try subtract(constant(1, like: mass), divide(mass, count, "mass.share"), "mass.missing")
        let floored = try multiply(square(means, "next_means.square"), broadcast(missing, to: shape(of: sum), axes: [0]), "floored")
        return try add(deviation, floored, "spread")
    }
}

extension GaussianMixtureOptions {
    /// The rows that the means start at: `count` numbers evenly from 0 to batch − 1, rounded half to even; where the
    /// batch is smaller than that, its rows in order and from the first again.
    static func startRows(batch: Int, count: Int) -> [Int] {
        if batch < count { return (0..<count).map { $0 % batch } }
        if count == 1 { return [0] }
        return (0..<count).map { index in
            let (quotient, remainder) = (index * (batch - 1)).quotientAndRemainder(dividingBy: count - 1)
            let twice = 2 * remainder
            let roundsUp = twice > count - 1 || (twice == count - 1 && quotient % 2 == 1)
            return roundsUp ? quotient + 1 : quotient
        }
    }
}
