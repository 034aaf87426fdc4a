import Graph
extension ModelSpec {
    /// A part of the model that can be left out, to see what it is worth (tables 3 and 4 of arXiv 2503.11892); the raw value
    /// is its name in the key `ablate`.
    ///
    /// Parameters of a part that is left out stay in the model, so that checkpoints fit, and are not trained.
    public enum Ablation: String, Hashable, Sendable, CaseIterable {
        /// The multimodal feature decoupling: each modality's features are both its unique and its common ones, through
        /// the unique encoder, and there is no decoupling loss.
        case decoupling = "mfd"
        /// The loss of heterogeneous alignment, with all its parts.
        case heterogeneous = "hete"
        /// The loss of homogeneous alignment, with all its parts.
        case homogeneous = "homo"
        /// The optimal transport between prototypes, a part of the heterogeneous loss.
        case prototypeTransport = "proto_ot"
        /// The contrastive loss.
        case contrastive = "ct"
        /// The agreement of mean, covariance and skewness, a part of the homogeneous loss.
        case semantic = "sem"
        /// The maximum mean discrepancy, a part of the homogeneous loss.
        case meanDiscrepancy = "mmd"
    }

    /// Why leaving a part out would change nothing, by the key that leaves it out already; nil where it changes something.
    public func reasonWithoutEffect(_ ablation: Ablation) -> String? {
        if ablated.contains(ablation) { return "`ablate` has \(ablation.rawValue) already" }
        let (key, weight) =
            switch ablation {
            case .decoupling: ("dec_loss_weight", 1.0)
            case .heterogeneous, .prototypeTransport: ("alpha", objective.heterogeneousWeight)
            case .homogeneous, .semantic, .meanDiscrepancy: ("beta", objective.homogeneousWeight)
            case .contrastive: ("ct_weight", objective.contrastiveWeight)
            }
        return weight == 0 ? "`\(key)` is 0" : nil
    }
}

extension SpecKey {
    /// A list of parts, or the name of one.
    static let ablate = SpecKey(name: "ablate") { (value, spec) throws(Violation) in
        let elements: [JSONValue]
        if case .string = value { elements = [value] } else { elements = try value.list(of: "a list of names of parts") }
        var chosen: Set<ModelSpec.Ablation> = []
        for element in elements {
            guard chosen.insert(try element.choice(ModelSpec.Ablation.self)).inserted else { throw value.range("each part once") }
        }
        spec.ablated = ModelSpec.Ablation.allCases.filter(chosen.contains)
    } write: {
        .array($0.ablated.map { .string($0.rawValue) })
    }
}
