import Graph

/// Supervised contrastive loss: samples whose labels fall into one bucket are drawn together, others pushed apart.
struct ContrastiveLoss {
    var temperature: Double
    var trainMode: ModelSpec.TrainMode

    /// - Parameters:
    ///   - representation: [B, n].
    ///   - label: [B].
    func build(_ graph: inout GraphBuilder, _ representation: ValueID, label: ValueID) throws(Diagnostic) -> ValueID {
        let batch = graph.shape(of: label)[0]
        let pairs: Shape = [batch, batch]
        let bucket = try self.bucket(&graph, label)
        let isOther = try graph.indices(.notEqual, size: batch, "is_other")
        let isEqual = try graph.compare(
            .equal, graph.broadcast(bucket, to: pairs, axes: [0], "bucket.row"),
            graph.broadcast(bucket, to: pairs, axes: [1], "bucket.column"), "is_equal")
        let isPositive = try graph.binary(.logicalAnd, isEqual, isOther, "is_positive")
        let logProbability = try self.logProbability(&graph, similarities(&graph, representation), isOther)
        return try meanOverPositives(&graph, logProbability, isPositive)
    }

    /// The class, or the value rounded to −3…3.
    private func bucket(_ graph: inout GraphBuilder, _ label: ValueID) throws(Diagnostic) -> ValueID {
        switch trainMode {
        case .classification: return label
        case .regression:
            return try graph.unary(.roundEven, graph.atMost(graph.atLeast(label, -3, "floor"), 3, "clamped"), "bucket")
        }
    }

    /// Cosines of all pairs of rows, divided by the temperature.
    private func similarities(_ graph: inout GraphBuilder, _ rows: ValueID) throws(Diagnostic) -> ValueID {
        let epsilon = 1e-12
        let shape = graph.shape(of: rows)
        // The floor under the root, so that a row of zeros has a gradient.
        let square = try graph.atLeast(
            graph.sum(graph.square(rows), axes: [1], "norm2"), epsilon * epsilon, "norm2.floor")
        let norm = try graph.unary(.sqrt, square, "norm")
        let unit = try graph.divide(rows, graph.restore(norm, to: shape, removed: [1], "norm.all"), "unit")
        let cosines = try graph.dot(unit, unit, DotDimensions(leftContracting: [1], rightContracting: [1]), "cosines")
        return try graph.divide(cosines, graph.constant(temperature, like: cosines), "similarities")
    }

    /// The logarithm of each other sample's share in a row's exponentials.
    private func logProbability(
        _ graph: inout GraphBuilder, _ similarities: ValueID, _ isOther: ValueID
    ) throws(Diagnostic) -> ValueID {
        let shifted = try graph.subtractMaximum(similarities)
        let zero = try graph.constant(0, like: shifted)
        let others = try graph.select(isOther, graph.unary(.exp, shifted), zero, "exp.others")
        let sum = try graph.atLeast(graph.sum(others, axes: [1], "exp.sum"), 1e-8, "exp.sum.floor")
        let logarithm = try graph.unary(.log, sum, "exp.sum.log")
        let everywhere = try graph.restore(logarithm, to: graph.shape(of: shifted), removed: [1], "exp.sum.log.all")
        return try graph.subtract(shifted, everywhere, "log_probability")
    }

    /// Minus the mean over rows of the mean over a row's positives; rows without any do not count.
    private func meanOverPositives(
        _ graph: inout GraphBuilder, _ logProbability: ValueID, _ isPositive: ValueID
    ) throws(Diagnostic) -> ValueID {
        let element = graph.type(of: logProbability).elementType
        let positives = try graph.select(
            isPositive, logProbability, graph.constant(0, like: logProbability), "positives")
        let count = try graph.sum(graph.convert(isPositive, to: element, "positives.one"), axes: [1], "count")
        let perRow = try graph.divide(
            graph.sum(positives, axes: [1], "positives.sum"), graph.atLeast(count, 1, "count.floor"), "row_mean")
        let hasAny = try graph.compare(.greater, count, graph.constant(0, like: count), "has_any")
        let rows = try graph.sum(graph.convert(hasAny, to: element, "has_any.one"), "rows")
        let mean = try graph.divide(graph.sum(perRow, "row_mean.sum"), graph.atLeast(rows, 1, "rows.floor"), "mean")
        return try graph.unary(.negate, mean, "loss")
    }
}
