import Graph

/// The settings of one modality's transformer.
struct TransformerOptions {
    var layerCount: Int
    var headCount: Int
    var triangularMask: Bool
    var attentionDropout: Double
    var reluDropout: Double
    var residualDropout: Double
    var embeddingDropout: Double

    init(_ spec: ModelSpec, _ modality: Modality) {
        layerCount = spec.architecture.layerCount
        headCount = spec.architecture.headCount
        triangularMask = spec.architecture.triangularMask
        attentionDropout = spec.dropout.attention[modality]
        reluDropout = spec.dropout.relu
        residualDropout = spec.dropout.residual
        embeddingDropout = spec.dropout.embedding
    }
}

extension ModelBuilder {
    /// The cross-modal transformer: a stack of post-norm layers over a sequence [B, T, d].
    ///
    /// Every layer attends to the same context, [B, S, d], with projections of its own. Without a context the layers
    /// attend to their own input, through the triangular mask where there is one. There is no positional encoding.
    mutating func crossModalTransformer(
        _ sequence: ValueID, context: ValueID?, _ name: String, _ options: TransformerOptions
    ) throws(Diagnostic) -> ValueID {
        let embedded = try scoped("embed") { (model) throws(Diagnostic) in
            try model.embed(sequence, context: context, rate: options.embeddingDropout)
        }
        var hidden = embedded.query
        for layer in 0..<options.layerCount {
            hidden = try scoped("layers.\(layer)") { (model) throws(Diagnostic) in
                let inputs = AttentionInputs(
                    query: hidden, keys: context == nil ? hidden : embedded.keys,
                    values: context == nil ? hidden : embedded.values)
                let isMasked = context == nil && options.triangularMask
                return try model.transformerLayer(inputs, "\(name).layers.\(layer)", options, isMasked: isMasked)
            }
        }
        return hidden
    }

    /// Scales by √d and drops elements, independently for queries, keys and values.
    private mutating func embed(
        _ sequence: ValueID, context: ValueID?, rate: Double
    ) throws(Diagnostic) -> AttentionInputs {
        let scale = Double(graph.shape(of: sequence)[2]).squareRoot()
        let query = try dropout(graph.multiply(sequence, scale, "query.scaled"), rate: rate, "query.dropout")
        guard let context else { return AttentionInputs(query: query, keys: query, values: query) }
        let scaled = try graph.multiply(context, scale, "context.scaled")
        return AttentionInputs(
            query: query, keys: try dropout(scaled, rate: rate, "keys.dropout"),
            values: try dropout(scaled, rate: rate, "values.dropout"))
    }

    private mutating func transformerLayer(
        _ inputs: AttentionInputs, _ name: String, _ options: TransformerOptions, isMasked: Bool
    ) throws(Diagnostic) -> ValueID {
        let attention = AttentionOptions(
            headCount: options.headCount, triangularMask: isMasked, dropoutRate: options.attentionDropout)
        let attended = try scoped("self_attn") { (model) throws(Diagnostic) in
            try model.multiHeadAttention(inputs, "\(name).self_attn", attention)
        }
        let residual = try add(
            dropout(attended, rate: options.residualDropout, "attn_dropout"), to: inputs.query, "attn_residual")
        let normalized = try layerNorm(residual, "\(name).attn_layer_norm", "attn_layer_norm")
        let transformed = try scoped("feed_forward") { (model) throws(Diagnostic) in
            let hidden = try model.graph.relu(model.linear(normalized, "\(name).fc1", "fc1"))
            let kept = try model.dropout(hidden, rate: options.reluDropout)
            return try model.linear(kept, "\(name).fc2", "fc2")
        }
        let output = try add(
            dropout(transformed, rate: options.residualDropout, "final_dropout"), to: normalized, "final_residual")
        return try layerNorm(output, "\(name).final_layer_norm", "final_layer_norm")
    }

    private mutating func add(_ change: ValueID, to x: ValueID, _ hint: String) throws(Diagnostic) -> ValueID {
        try graph.add(x, change, hint)
    }
}
