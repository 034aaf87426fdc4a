import Graph

/// Graphs of what the model computes on the way, for people who look at a trained one.
extension DecAlign {
    /// The stages at which a modality's features are shown.
    public enum Stage: String, Sendable, Hashable, CaseIterable {
        /// What is unique to the modality: x_m, which the prototypes are fitted to.
        case unique
        /// What is common to all modalities.
        case common
        /// The unique features after the transformers.
        case attended
    }

    /// The name of a graph's input or output.
    public static func featureName(_ stage: Stage, _ modality: Modality) -> String { "\(stage.rawValue).\(modality.rawValue)" }

    /// The logits [B, outputs], and the pooled features of all stages: for each active modality an output `STAGE.MODALITY` [B, d].
    ///
    /// No row depends on another. Inputs as in `graph`, without dropout and losses.
    public func featureGraph() throws(Diagnostic) -> Graph {
        var model = ModelBuilder(name: "features", elementType: .f32)
        let inputs = declareInputs(&model, .inference)
        model.declare(parameters)
        let encoded = try encode(&model, inputs.features)
        model.graph.output("logits", encoded.logits)
        for modality in active {
            guard let own = encoded.decoupled[modality] else { continue }
            let unique = try model.graph.scoped("inspected_\(modality.letter)") { (graph) throws(Diagnostic) in
                try graph.pool(own.unique, mask: own.mask)
            }
            let values: [(Stage, ValueID?)] = [
                (.unique, unique), (.common, encoded.common[modality]), (.attended, encoded.attended[modality]),
            ]
            for (stage, value) in values {
                if let value { model.graph.output(Self.featureName(stage, modality), value) }
            }
        }
        return model.graph.graph
    }

    /// The transport plan between the prototypes of samples: the output `plan` [K, K, K], for text, audio and vision.
    ///
    /// Inputs: the pooled unique features `unique.text`, … of all samples, each [N, d].
    ///
    /// - Returns: nil where nothing is transported: unless all modalities are active, and where the transport is left out.
    public func transportGraph(samples: Int) throws(Diagnostic) -> Graph? {
        guard active.count == Modality.allCases.count, Set(spec.ablated).isDisjoint(with: [.heterogeneous, .prototypeTransport])
        else { return nil }
        var graph = GraphBuilder(name: "transport")
        let type = TensorType(.f32, [samples, spec.architecture.width])
        let features = PerModality(
            text: graph.input(Self.featureName(.unique, .text), type),
            audio: graph.input(Self.featureName(.unique, .audio), type),
            vision: graph.input(Self.featureName(.unique, .vision), type))
        let loss = HeterogeneousLoss(options: spec.prototypes, localForm: spec.equations.localTerm)
        graph.output("plan", try loss.transportPlan(&graph, features))
        return graph.graph
    }
}
