import Graph

/// What multi-head attention looks at: the queries ask, keys and values come from the context.
///
/// Keys and values differ only in their dropout masks.
struct AttentionInputs {
    var query: ValueID
    var keys: ValueID
    var values: ValueID
}

/// How multi-head attention works.
struct AttentionOptions {
    var headCount: Int
    /// Whether step t sees only steps up to t; for self-attention.
    var triangularMask: Bool
    /// The share of attention probabilities that are dropped.
    var dropoutRate: Double
}

extension ModelBuilder {
    /// Multi-head attention with one joint input projection.
    mutating func multiHeadAttention(
        _ inputs: AttentionInputs, _ name: String, _ options: AttentionOptions
    ) throws(Diagnostic) -> ValueID {
        let shape = graph.shape(of: inputs.query)
        let headWidth = shape[2] / options.headCount
        let projectedQuery = try project(inputs.query, name, part: 0, "query")
        let scaled = try graph.multiply(projectedQuery, 1 / Double(headWidth).squareRoot(), "query.scaled")
        let query = try heads(scaled, options.headCount, "query.heads")
        let keys = try heads(project(inputs.keys, name, part: 1, "keys"), options.headCount, "keys.heads")
        let values = try heads(project(inputs.values, name, part: 2, "values"), options.headCount, "values.heads")

        let overWidth = DotDimensions(
            leftBatch: [0, 2], rightBatch: [0, 2], leftContracting: [3], rightContracting: [3])
        var scores = try graph.dot(query, keys, overWidth, "scores")
        if options.triangularMask { scores = try hideLaterSteps(scores) }
        let softmax = try graph.softmax(scores, "probabilities")
        let probabilities = try dropout(softmax, rate: options.dropoutRate)

        let overSteps = DotDimensions(
            leftBatch: [0, 1], rightBatch: [0, 2], leftContracting: [3], rightContracting: [1])
        let attended = try graph.dot(probabilities, values, overSteps, "attended")
        let joined = try graph.reshape(
            graph.transpose(attended, [0, 2, 1, 3], "attended.by_step"), shape, "attended.joined")
        return try linear(joined, "\(name).out_proj", "output")
    }

    /// One third of the joint projection: 0 for the queries, 1 for the keys, 2 for the values.
    private mutating func project(
        _ x: ValueID, _ name: String, part: Int, _ hint: String
    ) throws(Diagnostic) -> ValueID {
        let width = graph.shape(of: x)[2]
        let rows = (part * width, (part + 1) * width)
        let weight = try graph.slice(parameter("\(name).in_proj_weight"), axis: 0, rows.0, rows.1, "\(hint).weight")
        let bias = try graph.slice(parameter("\(name).in_proj_bias"), axis: 0, rows.0, rows.1, "\(hint).bias")
        return try graph.linear(x, weight: weight, bias: bias, hint)
    }

    /// [B, T, d] as [B, T, heads, d / heads].
    private mutating func heads(_ x: ValueID, _ count: Int, _ hint: String) throws(Diagnostic) -> ValueID {
        let shape = graph.shape(of: x)
        return try graph.reshape(x, [shape[0], shape[1], count, shape[2] / count], hint)
    }

    /// Scores [B, H, T, T] with −∞ above the diagonal; the diagonal keeps every row's maximum finite.
    private mutating func hideLaterSteps(_ scores: ValueID) throws(Diagnostic) -> ValueID {
        let shape = graph.shape(of: scores)
        let visible = try graph.indices(.greaterOrEqual, size: shape[2], "visible")
        return try graph.select(
            graph.broadcast(visible, to: shape, axes: [2, 3], "visible.all"), scores,
            graph.constant(-.infinity, like: scores), "scores.masked")
    }
}
