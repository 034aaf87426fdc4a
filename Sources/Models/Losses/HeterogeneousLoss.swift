import Graph

/// Aligns what is unique to each modality: prototypes by mixture models, matched by optimal transport across all
/// modalities at once, and samples drawn to the other modalities' prototypes (equations 2 to 9 of arXiv 2503.11892).
struct HeterogeneousLoss {
    var options: ModelSpec.Prototypes
    var localForm: ModelSpec.EquationForm
    /// Whether prototypes are matched; without it only samples are drawn to prototypes.
    var hasTransport = true

    /// - Parameter samples: the pooled unique features x_m, each [B, d].
    func build(_ graph: inout GraphBuilder, _ samples: PerModality<ValueID>) throws(Diagnostic) -> ValueID {
        let mixtures = try mixtures(&graph, samples)
        let transport = try hasTransport ? transportLoss(&graph, mixtures) : nil
        let local = try localLoss(&graph, samples, mixtures)
        guard let transport else { return local }
        return try graph.add(transport, local, "loss")
    }

    /// The transport plan [K, K, K] between the prototypes of text, audio and vision.
    ///
    /// - Parameter samples: the pooled unique features x_m, each [B, d].
    func transportPlan(_ graph: inout GraphBuilder, _ samples: PerModality<ValueID>) throws(Diagnostic) -> ValueID {
        let (cost, marginals) = try transportProblem(&graph, mixtures(&graph, samples))
        return try graph.scoped("sinkhorn") { (graph) throws(Diagnostic) in
            try graph.transportPlan(cost: cost, marginals: marginals, sinkhorn)
        }
    }

    private func mixtures(
        _ graph: inout GraphBuilder, _ samples: PerModality<ValueID>
    ) throws(Diagnostic) -> PerModality<GaussianMixture> {
        PerModality(
            text: try mixture(&graph, samples.text, .text), audio: try mixture(&graph, samples.audio, .audio),
            vision: try mixture(&graph, samples.vision, .vision))
    }

    private func mixture(
        _ graph: inout GraphBuilder, _ samples: ValueID, _ modality: Modality
    ) throws(Diagnostic) -> GaussianMixture {
        try graph.scoped("gmm_\(modality.letter)") { (graph) throws(Diagnostic) in
            let mixture = GaussianMixtureOptions(
                componentCount: options.count, iterations: options.mixtureIterations,
                varianceFloor: options.varianceFloor)
            switch options.covariance {
            case .diagonal: return try graph.gaussianMixture(samples, mixture)
            case .full: return try graph.fullCovarianceMixture(samples, mixture)
            }
        }
    }

    /// Mean or sum over the last axis, as the specification says.
    private func reduce(_ graph: inout GraphBuilder, _ x: ValueID, _ hint: String) throws(Diagnostic) -> ValueID {
        let last = graph.shape(of: x).rank - 1
        switch options.costReduction {
        case .mean: return try graph.mean(x, axes: [last], hint)
        case .sum: return try graph.sum(x, axes: [last], hint)
        }
    }

    // MARK: Transport between prototypes

    private func transportLoss(
        _ graph: inout GraphBuilder, _ mixtures: PerModality<GaussianMixture>
    ) throws(Diagnostic) -> ValueID {
        let (cost, marginals) = try transportProblem(&graph, mixtures)
        return try graph.scoped("sinkhorn") { (graph) throws(Diagnostic) in
            try graph.transportLoss(cost: cost, marginals: marginals, sinkhorn)
        }
    }

    private var sinkhorn: SinkhornOptions {
        SinkhornOptions(
            entropyWeight: options.entropyWeight, iterations: options.transportIterations, domain: options.transportDomain)
    }

    /// The cost [K, K, K] of moving mass between prototypes, and how much mass each modality's prototypes have.
    private func transportProblem(
        _ graph: inout GraphBuilder, _ mixtures: PerModality<GaussianMixture>
    ) throws(Diagnostic) -> (cost: ValueID, marginals: [ValueID]) {
        let joint: Shape = [options.count, options.count, options.count]
        var pairs: [ValueID] = []
        for (first, second) in Modality.pairs {
            let axes = Modality.allCases.indices.filter { [first, second].contains(Modality.allCases[$0]) }
            let pair = try graph.scoped("cost_\(first.letter)\(second.letter)") { (graph) throws(Diagnostic) in
                let pair = try prototypeCost(&graph, mixtures[first], mixtures[second])
                return try graph.broadcast(pair, to: joint, axes: axes, "joint")
            }
            pairs.append(pair)
        }
        let cost = try graph.sumOfTerms(pairs, "cost")
        var marginals: [ValueID] = []
        for modality in Modality.allCases {
            marginals.append(try marginal(&graph, mixtures[modality].posterior, modality))
        }
        return (cost, marginals)
    }

    /// The cost between the prototypes of two modalities, [K, K]: the squared distance of their means and what their
    /// covariances add to it (equation 6).
    private func prototypeCost(
        _ graph: inout GraphBuilder, _ first: GaussianMixture, _ second: GaussianMixture
    ) throws(Diagnostic) -> ValueID {
        let all: Shape = [options.count, options.count, graph.shape(of: first.means)[1]]
        let difference = try graph.subtract(
            graph.broadcast(first.means, to: all, axes: [0, 2], "left.means"),
            graph.broadcast(second.means, to: all, axes: [1, 2], "right.means"), "difference")
        return try graph.add(
            reduce(&graph, graph.square(difference), "means"),
            spreadCost(&graph, first.covariance, second.covariance, all), "pair")
    }

    /// What the covariances add to the cost; for diagonal ones σ₁² + σ₂² − 2 √(σ₁² σ₂²) in each of the dimensions.
    ///
    /// - Parameter all: [K, K, d].
    private func spreadCost(
        _ graph: inout GraphBuilder, _ first: GaussianMixture.Covariance, _ second: GaussianMixture.Covariance, _ all: Shape
    ) throws(Diagnostic) -> ValueID {
        switch (first, second) {
        case (.diagonal(let first), .diagonal(let second)):
            let (left, right) = (
                try graph.broadcast(first, to: all, axes: [0, 2], "left.variances"),
                try graph.broadcast(second, to: all, axes: [1, 2], "right.variances")
            )
            let root = try graph.unary(
                .sqrt, graph.add(graph.multiply(left, right, "product"), 1e-8, "product.epsilon"), "root")
            let spread = try graph.subtract(
                graph.add(left, right, "trace"), graph.multiply(root, 2, "root.twice"), "spread")
            return try reduce(&graph, spread, "spreads")
        case (.full(let first), .full(let second)):
            let trace = try graph.covarianceDistances(first, second)
            switch options.costReduction {
            case .mean: return try graph.multiply(trace, 1 / Double(all[2]), "spreads")
            case .sum: return trace
            }
        case (.diagonal, .full), (.full, .diagonal):
            throw Diagnostic("model.covariance", "gmm_covariance", "mixtures have one form of covariances", kind: .compilerBug)
        }
    }

    /// ν_m: the mean posterior of each prototype, normalised.
    private func marginal(
        _ graph: inout GraphBuilder, _ posterior: ValueID, _ modality: Modality
    ) throws(Diagnostic) -> ValueID {
        try graph.scoped("marginal_\(modality.letter)") { (graph) throws(Diagnostic) in
            let mean = try graph.mean(posterior, axes: [0])
            let total = try graph.atLeast(graph.sum(mean, axes: [0], "total"), 1e-8, "total.floor")
            return try graph.divide(
                mean, graph.broadcast(total, to: [options.count], axes: [], "total.all"), "marginal")
        }
    }

    // MARK: Samples and prototypes

    /// The distance of each modality's samples to each other modality's prototypes, weighted by the posterior of the
    /// sample's own modality (equation 9), added up over the six ordered pairs; the released form is their mean.
    private func localLoss(
        _ graph: inout GraphBuilder, _ samples: PerModality<ValueID>, _ mixtures: PerModality<GaussianMixture>
    ) throws(Diagnostic) -> ValueID {
        var terms: [ValueID] = []
        for source in Modality.allCases {
            for target in Modality.allCases where target != source {
                let term = try graph.scoped("local_\(source.letter)\(target.letter)") { (graph) throws(Diagnostic) in
                    try localTerm(
                        &graph, samples[source], posterior: mixtures[source].posterior, prototypes: mixtures[target])
                }
                terms.append(term)
            }
        }
        switch localForm {
        case .released: return try graph.meanOfTerms(terms, "local")
        case .paper: return try graph.sumOfTerms(terms, "local")
        }
    }

    private func localTerm(
        _ graph: inout GraphBuilder, _ samples: ValueID, posterior: ValueID, prototypes: GaussianMixture
    ) throws(Diagnostic) -> ValueID {
        let shape = graph.shape(of: samples)
        let all: Shape = [shape[0], options.count, shape[1]]
        let difference = try graph.subtract(
            graph.broadcast(samples, to: all, axes: [0, 2], "samples.all"),
            graph.broadcast(prototypes.means, to: all, axes: [1, 2], "means.all"), "difference")
        let distance = try localDistance(&graph, difference, samples, prototypes)
        let weighted = try graph.multiply(posterior, reduce(&graph, distance, "distance"), "weighted")
        return try graph.mean(graph.sum(weighted, axes: [1], "expected"), "term")
    }

    /// The squares of the differences x − μ, [B, K, d], in units of the prototypes' covariances if the specification says so.
    private func localDistance(
        _ graph: inout GraphBuilder, _ difference: ValueID, _ samples: ValueID, _ prototypes: GaussianMixture
    ) throws(Diagnostic) -> ValueID {
        guard options.mahalanobis else { return try graph.square(difference) }
        switch prototypes.covariance {
        case .diagonal(let variances):
            let square = try graph.square(difference)
            let floored = try graph.atLeast(variances, options.varianceFloor, "variances")
            let all = try graph.broadcast(floored, to: graph.shape(of: difference), axes: [1, 2], "variances.all")
            return try graph.divide(square, all, "scaled")
        case .full(let factors):
            let squares = try graph.whitened(samples, means: prototypes.means, factors: factors)
            return try graph.transpose(squares, [2, 0, 1], "scaled")
        }
    }
}
