import Graph

extension GraphBuilder {
    /// The mean over all pairs of rows of x [m, d] and y [n, d] of the Gaussian kernel exp(−‖x − y‖² / 2σ²).
    ///
    /// - Parameter bandwidth: σ².
    mutating func meanKernel(_ x: ValueID, _ y: ValueID, bandwidth: Double) throws(Diagnostic) -> ValueID {
        let all: Shape = [shape(of: x)[0], shape(of: y)[0]]
        let products = try dot(x, y, DotDimensions(leftContracting: [1], rightContracting: [1]), "products")
        let norms = try add(
            broadcast(squaredNorms(x, "left"), to: all, axes: [0], "left.all"),
            broadcast(squaredNorms(y, "right"), to: all, axes: [1], "right.all"), "norms")
        // The form by norms may come out below zero by rounding.
        let distance = try atLeast(
            subtract(norms, multiply(products, 2, "products.twice"), "difference"), 0, "distance")
        return try mean(unary(.exp, multiply(distance, -0.5 / bandwidth, "exponent"), "kernel"), "kernel.mean")
    }

    private mutating func squaredNorms(_ x: ValueID, _ hint: String) throws(Diagnostic) -> ValueID {
        try sum(square(x, "\(hint).square"), axes: [1], "\(hint).norm2")
    }

    /// The squared maximum mean discrepancy (equation 11 of arXiv 2503.11892) between the rows of several tensors, in
    /// the mean over all pairs of tensors: mean k(x,x) + mean k(y,y) − 2 mean k(x,y), all entries counted.
    ///
    /// - Parameter samples: each [B, d], with the letter that names it.
    mutating func maximumMeanDiscrepancy(
        _ samples: [(letter: String, value: ValueID)], bandwidth: Double
    ) throws(Diagnostic) -> ValueID {
        var within: [ValueID] = []
        for sample in samples {
            within.append(try kernel(sample, sample, bandwidth))
        }
        var terms: [ValueID] = []
        for (i, first) in samples.enumerated() {
            for (j, second) in samples.enumerated() where j > i {
                let across = try multiply(kernel(first, second, bandwidth), 2, "across.twice")
                terms.append(try subtract(add(within[i], within[j], "within"), across, "pair"))
            }
        }
        return try meanOfTerms(terms, "mmd")
    }

    private mutating func kernel(
        _ first: (letter: String, value: ValueID), _ second: (letter: String, value: ValueID), _ bandwidth: Double
    ) throws(Diagnostic) -> ValueID {
        try scoped("kernel_\(first.letter)\(second.letter)") { (graph) throws(Diagnostic) in
            try graph.meanKernel(first.value, second.value, bandwidth: bandwidth)
        }
    }
}
