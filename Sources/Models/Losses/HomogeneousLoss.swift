import Graph

/// Aligns what the modalities have in common: their latent distributions agree in mean, covariance and skewness
/// (equation 10 of arXiv 2503.11892) and in maximum mean discrepancy (equation 11).
struct HomogeneousLoss {
    var bandwidth: Double
    var outputDropout: Double
    var momentForm: ModelSpec.EquationForm
    /// Whether mean, covariance and skewness are to agree.
    var hasMoments = true
    /// Whether the maximum mean discrepancy counts.
    var hasDiscrepancy = true

    /// - Parameter samples: the pooled common features, each [B, d].
    func build(_ model: inout ModelBuilder, _ samples: PerModality<ValueID>) throws(Diagnostic) -> ValueID {
        var latent: [(letter: String, value: ValueID)] = []
        for modality in Modality.allCases {
            let value = try model.scoped("pde_\(modality.letter)") { (model) throws(Diagnostic) in
                try encode(&model, samples[modality], "pde_\(modality.letter)")
            }
            latent.append((modality.letter, value))
        }
        guard hasDiscrepancy else { return try semanticLoss(&model.graph, latent) }
        let semantic = try hasMoments ? semanticLoss(&model.graph, latent) : nil
        let discrepancy = try model.graph.scoped("mmd") { [latent] (graph) throws(Diagnostic) in
            try graph.maximumMeanDiscrepancy(latent, bandwidth: bandwidth)
        }
        guard let semantic else { return discrepancy }
        return try model.graph.add(semantic, discrepancy, "loss")
    }

    /// The distribution encoder z = W₃ dropout(relu(W₀ x)).
    private func encode(_ model: inout ModelBuilder, _ x: ValueID, _ name: String) throws(Diagnostic) -> ValueID {
        let hidden = try model.graph.relu(model.linear(x, "\(name).net.0", "hidden"))
        let kept = try model.dropout(hidden, rate: outputDropout)
        return try model.linear(kept, "\(name).net.3", "latent")
    }

    // MARK: Moments

    private func semanticLoss(
        _ graph: inout GraphBuilder, _ latent: [(letter: String, value: ValueID)]
    ) throws(Diagnostic) -> ValueID {
        var moments: [[ValueID]] = []
        for sample in latent {
            moments.append(
                try graph.scoped("moments_\(sample.letter)") { (graph) throws(Diagnostic) in
                    try self.moments(&graph, sample.value)
                })
        }
        var terms: [ValueID] = []
        for (i, first) in latent.enumerated() {
            for (j, second) in latent.enumerated() where j > i {
                let pair = (moments[i], moments[j])
                terms.append(
                    try graph.scoped("semantic_\(first.letter)\(second.letter)") { (graph) throws(Diagnostic) in
                        try distance(&graph, pair.0, pair.1)
                    })
            }
        }
        switch momentForm {
        case .released: return try graph.meanOfTerms(terms, "semantic")
        case .paper:
            let factor = 1 / Double(latent.count * (latent.count - 1))
            return try graph.multiply(graph.sumOfTerms(terms, "semantic.sum"), factor, "semantic")
        }
    }

    /// Mean [p], covariance [p, p] and skewness [p] of the rows of z [B, p].
    private func moments(_ graph: inout GraphBuilder, _ z: ValueID) throws(Diagnostic) -> [ValueID] {
        let shape = graph.shape(of: z)
        let mean = try graph.mean(z, axes: [0])
        let centred = try graph.subtract(z, graph.broadcast(mean, to: shape, axes: [1], "mean.all"), "centred")
        let products = try graph.dot(
            centred, centred, DotDimensions(leftContracting: [0], rightContracting: [0]), "products")
        let covariance = try graph.multiply(products, 1 / Double(max(shape[0] - 1, 1)), "covariance")
        let squares = try graph.square(centred)
        let variance = try graph.atLeast(graph.mean(squares, axes: [0], "variance"), 1e-6, "variance.floor")
        let third = try graph.mean(graph.multiply(squares, centred, "cube"), axes: [0], "third")
        let scale = try graph.multiply(variance, graph.unary(.sqrt, variance, "deviation"), "deviation3")
        return [mean, covariance, try graph.divide(third, scale, "skewness")]
    }

    /// The sum over the moments of their mean squared difference, or of the squared norm of their difference.
    private func distance(
        _ graph: inout GraphBuilder, _ first: [ValueID], _ second: [ValueID]
    ) throws(Diagnostic) -> ValueID {
        var terms: [ValueID] = []
        for (name, (a, b)) in zip(["mean", "covariance", "skewness"], zip(first, second)) {
            let difference = try graph.subtract(a, b, "\(name).difference")
            let square = try graph.square(difference, "\(name).square")
            switch momentForm {
            case .released: terms.append(try graph.mean(square, name))
            case .paper: terms.append(try graph.sum(square, name))
            }
        }
        return try graph.sumOfTerms(terms, "distance")
    }
}
