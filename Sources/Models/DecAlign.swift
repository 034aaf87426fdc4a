import Graph

/// The DecAlign model (arXiv 2503.11892) for given sizes, as a graph builder.
///
/// Defaults follow the authors' released model where it differs from the paper.
public struct DecAlign: Sendable {
    public let spec: ModelSpec
    public let sizes: ModelSizes

    public init(spec: ModelSpec, sizes: ModelSizes) throws(Diagnostic) {
        try sizes.check(spec)
        self.spec = spec
        self.sizes = sizes
    }

    /// What a graph of the model computes.
    public struct Mode: Hashable, Sendable {
        /// Whether elements are dropped at random; then the graph has the input `key`, unless all rates are zero.
        public var dropout: Bool
        /// Whether the losses are computed; then the graph has the input `label`.
        public var losses: Bool
        /// f32 or f64.
        public var elementType: ElementType

        public init(dropout: Bool, losses: Bool, elementType: ElementType = .f32) {
            self.dropout = dropout
            self.losses = losses
            self.elementType = elementType
        }

        public static let inference = Mode(dropout: false, losses: false)
        public static let evaluation = Mode(dropout: false, losses: true)
        public static let training = Mode(dropout: true, losses: true)
    }

    /// The weights in the order of the graph's inputs; all of them are inputs, also those without effect.
    public var parameters: [ParameterSpec] { ParameterSpec.all(spec, sizes) }

    /// The number of trainable numbers.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.elementCount } }

    /// The model as a graph.
    ///
    /// Inputs: `text`, `audio`, `vision` [B, T, D], `label` [B] (the class index for classification), `key` (two i32), then
    /// the parameters. Outputs: `logits` [B, outputs], `final_rep` [B, 6 d], and with losses `loss.task`, `loss.dec`,
    /// `loss.hete`, `loss.homo`, `loss.ct` and `loss.total`.
    public func graph(_ mode: Mode) throws(Diagnostic) -> Graph {
        guard mode.elementType.isFloating else {
            throw Diagnostic(
                "model.element-type", "decalign", "the model works on floating numbers", expected: "f32 or f64",
                found: mode.elementType.rawValue)
        }
        var model = ModelBuilder(name: "decalign", elementType: mode.elementType)
        let inputs = declareInputs(&model, mode)
        model.declare(parameters)
        let encoded = try encode(&model, inputs.features)
        model.graph.output("logits", encoded.logits)
        model.graph.output("final_rep", encoded.representation)
        if let label = inputs.label { try addLosses(&model, encoded, label: label) }
        return model.graph.graph
    }

    // MARK: Inputs

    struct Inputs {
        var features: PerModality<ValueID>
        var label: ValueID?
    }

    func declareInputs(_ model: inout ModelBuilder, _ mode: Mode) -> Inputs {
        func features(_ modality: Modality) -> ValueID {
            let shape: Shape = [sizes.batch, sizes.sequenceLengths[modality], sizes.featureDimensions[modality]]
            return model.graph.input(modality.rawValue, model.type(shape))
        }
        let all = PerModality(text: features(.text), audio: features(.audio), vision: features(.vision))
        let label = mode.losses ? model.graph.input("label", model.type([sizes.batch])) : nil
        if mode.dropout, spec.dropout.all.contains(where: { $0 > 0 }) {
            model.dropoutKey = model.graph.input("key", TensorType(.i32, [2]))
        }
        return Inputs(features: all, label: label)
    }

    // MARK: Forward

    /// What the losses need of the forward pass.
    struct Encoded {
        /// Nil for a modality that is not active.
        var decoupled: PerModality<Decoupled?>
        /// The pooled results of the transformers [B, d]; nil for a modality that is not active.
        var attended: PerModality<ValueID?>
        /// The pooled common features [B, d]; nil for a modality that is not active.
        var common: PerModality<ValueID?>
        var representation: ValueID
        var logits: ValueID
    }

    var active: [Modality] { spec.architecture.activeModalities }

    func encode(_ model: inout ModelBuilder, _ features: PerModality<ValueID>) throws(Diagnostic) -> Encoded {
        var decoupled = PerModality<Decoupled?>(repeating: nil)
        for modality in active {
            decoupled[modality] = try model.decouple(
                features[modality], modality, dropoutRate: modality == .text ? spec.dropout.text : 0,
                hasMask: spec.architecture.sequenceMask && modality != .text, isSplit: !spec.ablated.contains(.decoupling))
        }
        var attended = PerModality<ValueID?>(repeating: nil)
        var common = PerModality<ValueID?>(repeating: nil)
        for modality in active {
            attended[modality] = try model.scoped("trans_\(modality.letter)") { (model) throws(Diagnostic) in
                try transform(&model, decoupled, modality)
            }
        }
        for modality in active {
            guard let own = decoupled[modality] else { continue }
            common[modality] = try model.graph.scoped("common_\(modality.letter)") { (graph) throws(Diagnostic) in
                try graph.pool(own.common, mask: own.mask)
            }
        }
        let representation = try represent(&model, attended, common)
        let logits = try model.scoped("out_layer") { (model) throws(Diagnostic) in
            let kept = try model.dropout(representation, rate: spec.dropout.output)
            return try model.linear(kept, "out_layer", "logits")
        }
        return Encoded(
            decoupled: decoupled, attended: attended, common: common, representation: representation, logits: logits)
    }

    /// One modality's transformer over its unique features with the others' as context, pooled to [B, d].
    private func transform(
        _ model: inout ModelBuilder, _ decoupled: PerModality<Decoupled?>, _ modality: Modality
    ) throws(Diagnostic) -> ValueID? {
        guard let own = decoupled[modality] else { return nil }
        var context: ValueID?
        let others = active.filter { $0 != modality }.compactMap { decoupled[$0]?.unique }
        // A modality that is alone has no context and attends to itself.
        if spec.architecture.crossModalAttention, !others.isEmpty {
            context = try model.graph.concatenate(others, axis: 1, "context")
        }
        let encoded = try model.crossModalTransformer(
            own.unique, context: context, "trans_\(modality.letter)", TransformerOptions(spec, modality))
        return try model.graph.pool(encoded, mask: own.mask)
    }

    /// All attended and all common features side by side, zeros for a modality that is not active.
    private func represent(
        _ model: inout ModelBuilder, _ attended: PerModality<ValueID?>, _ common: PerModality<ValueID?>
    ) throws(Diagnostic) -> ValueID {
        let zeros = model.type([sizes.batch, spec.architecture.width])
        var parts: [ValueID] = []
        for part in attended.all + common.all {
            if let part { parts.append(part) } else { parts.append(try model.graph.constant(0, zeros)) }
        }
        return try model.graph.concatenate(parts, axis: 1, "final_rep")
    }

    // MARK: Losses

    private func addLosses(_ model: inout ModelBuilder, _ encoded: Encoded, label: ValueID) throws(Diagnostic) {
        let objective = spec.objective
        let task = try model.graph.scoped("task") { (graph) throws(Diagnostic) in
            try TaskLoss(objective: objective, classWeights: sizes.classWeights)
                .build(&graph, logits: encoded.logits, label: label)
        }
        let decoupling = try decouplingLoss(&model, encoded)
        let heterogeneous = try heterogeneousLoss(&model, encoded)
        let homogeneous = try homogeneousLoss(&model, encoded)
        let contrastive = try contrastiveLoss(&model, encoded, label)
        let weighted = [
            (objective.decouplingWeight, decoupling, "dec"), (objective.heterogeneousWeight, heterogeneous, "hete"),
            (objective.homogeneousWeight, homogeneous, "homo"), (objective.contrastiveWeight, contrastive, "ct"),
        ]
        let total = try model.graph.scoped("total") { (graph) throws(Diagnostic) in
            var total = task
            for (weight, loss, hint) in weighted where weight != 0 {
                total = try graph.add(total, graph.multiply(loss, weight, "\(hint).weighted"), "with_\(hint)")
            }
            return total
        }
        model.graph.output("loss.task", task)
        for (_, loss, name) in weighted { model.graph.output("loss.\(name)", loss) }
        model.graph.output("loss.total", total)
    }

    /// Zero where the features are not split.
    private func decouplingLoss(_ model: inout ModelBuilder, _ encoded: Encoded) throws(Diagnostic) -> ValueID {
        guard !spec.ablated.contains(.decoupling) else { return try zero(&model) }
        return try model.graph.scoped("dec") { (graph) throws(Diagnostic) in
            var terms: [ValueID] = []
            for modality in active {
                guard let own = encoded.decoupled[modality] else { continue }
                terms.append(
                    try graph.scoped("cosine_\(modality.letter)") { (graph) throws(Diagnostic) in
                        try graph.decouplingLoss(
                            unique: own.unique, common: own.common, form: spec.equations.decoupling)
                    })
            }
            switch spec.equations.decoupling {
            case .released: return try graph.meanOfTerms(terms, "loss")
            case .paper: return try graph.sumOfTerms(terms, "loss")
            }
        }
    }

    /// Zero unless all modalities are active, and where it is left out.
    private func heterogeneousLoss(_ model: inout ModelBuilder, _ encoded: Encoded) throws(Diagnostic) -> ValueID {
        guard
            let text = encoded.decoupled.text, let audio = encoded.decoupled.audio,
            let vision = encoded.decoupled.vision, !spec.ablated.contains(.heterogeneous)
        else { return try zero(&model) }
        return try model.graph.scoped("hete") { (graph) throws(Diagnostic) in
            let pooled = PerModality(
                text: try graph.pool(text.unique, mask: text.mask, "pooled_l"),
                audio: try graph.pool(audio.unique, mask: audio.mask, "pooled_a"),
                vision: try graph.pool(vision.unique, mask: vision.mask, "pooled_v"))
            return try HeterogeneousLoss(
                options: spec.prototypes, localForm: spec.equations.localTerm,
                hasTransport: !spec.ablated.contains(.prototypeTransport)
            )
            .build(&graph, pooled)
        }
    }

    /// Zero unless all modalities are active, and where it or both its parts are left out.
    private func homogeneousLoss(_ model: inout ModelBuilder, _ encoded: Encoded) throws(Diagnostic) -> ValueID {
        guard let text = encoded.common.text, let audio = encoded.common.audio, let vision = encoded.common.vision,
            !spec.ablated.contains(.homogeneous), !Set(spec.ablated).isSuperset(of: [.semantic, .meanDiscrepancy])
        else { return try zero(&model) }
        return try model.scoped("homo") { (model) throws(Diagnostic) in
            try HomogeneousLoss(
                bandwidth: spec.objective.kernelBandwidth, outputDropout: spec.dropout.output, momentForm: spec.equations.moments,
                hasMoments: !spec.ablated.contains(.semantic), hasDiscrepancy: !spec.ablated.contains(.meanDiscrepancy)
            )
            .build(&model, PerModality(text: text, audio: audio, vision: vision))
        }
    }

    /// Zero where it has no weight or is left out.
    private func contrastiveLoss(
        _ model: inout ModelBuilder, _ encoded: Encoded, _ label: ValueID
    ) throws(Diagnostic) -> ValueID {
        guard spec.objective.contrastiveWeight > 0, !spec.ablated.contains(.contrastive) else { return try zero(&model) }
        return try model.graph.scoped("ct") { (graph) throws(Diagnostic) in
            try ContrastiveLoss(temperature: spec.objective.contrastiveTemperature, trainMode: spec.objective.trainMode)
                .build(&graph, encoded.representation, label: label)
        }
    }

    private func zero(_ model: inout ModelBuilder) throws(Diagnostic) -> ValueID {
        try model.graph.constant(0, model.type(.scalar))
    }
}
