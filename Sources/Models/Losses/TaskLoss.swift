import Graph

/// The loss of the task itself, on the logits.
struct TaskLoss {
    var objective: ModelSpec.Objective
    /// For balanced classes.
    var classWeights: [Double]?

    /// - Parameters:
    ///   - logits: [B, outputs].
    ///   - label: [B]: the value, or the index of the class.
    func build(_ graph: inout GraphBuilder, logits: ValueID, label: ValueID) throws(Diagnostic) -> ValueID {
        switch objective.trainMode {
        case .classification: return try crossEntropy(&graph, logits, label)
        case .regression:
            let prediction = try graph.reshape(logits, graph.shape(of: label), "prediction")
            let error = try graph.subtract(prediction, label, "error")
            let loss = try graph.mean(elementLoss(&graph, error), "loss")
            guard objective.binaryWeight > 0 else { return loss }
            let binary = try graph.scoped("binary") { (graph) throws(Diagnostic) in
                try signLoss(&graph, prediction, label)
            }
            return try graph.add(loss, graph.multiply(binary, objective.binaryWeight, "binary.weighted"), "loss.total")
        }
    }

    // MARK: Regression

    private func elementLoss(_ graph: inout GraphBuilder, _ error: ValueID) throws(Diagnostic) -> ValueID {
        switch objective.taskLoss {
        case .meanSquaredError: return try graph.square(error)
        case .meanAbsoluteError: return try graph.unary(.abs, error)
        case .huber:
            let beta = objective.smoothL1Beta
            let magnitude = try graph.unary(.abs, error)
            let isSmall = try graph.compare(.less, magnitude, graph.constant(beta, like: error), "is_small")
            let inside = try graph.multiply(graph.square(error), 0.5 / beta, "inside")
            let outside = try graph.add(magnitude, -0.5 * beta, "outside")
            return try graph.select(isSmall, inside, outside, "huber")
        }
    }

    /// Binary cross entropy with logits of the label's sign, over the samples whose label is not zero; 0 without any.
    private func signLoss(
        _ graph: inout GraphBuilder, _ logit: ValueID, _ label: ValueID
    ) throws(Diagnostic) -> ValueID {
        let zero = try graph.constant(0, like: label)
        let element = graph.type(of: label).elementType
        let counted = try graph.convert(graph.compare(.notEqual, label, zero, "is_counted"), to: element, "counted")
        let target = try graph.convert(graph.compare(.greater, label, zero, "is_positive"), to: element, "target")
        // log(1 + e^z) − z·y without overflow: max(z, 0) − z·y + log(1 + e^−|z|).
        let magnitude = try graph.unary(.abs, logit)
        let tail = try graph.unary(.exp, graph.unary(.negate, magnitude), "tail")
        let softplus = try graph.add(
            graph.relu(logit), graph.unary(.log, graph.add(tail, 1, "tail.plus_one")), "softplus")
        let loss = try graph.subtract(softplus, graph.multiply(logit, target), "element_loss")
        let total = try graph.sum(graph.multiply(loss, counted), "total")
        return try graph.divide(total, graph.atLeast(graph.sum(counted, "count"), 1, "count.floor"), "loss")
    }

    // MARK: Classification

    private func crossEntropy(
        _ graph: inout GraphBuilder, _ logits: ValueID, _ label: ValueID
    ) throws(Diagnostic) -> ValueID {
        let type = graph.type(of: logits)
        let classes = try graph.add(.iota(type, axis: 1), [], "classes")
        let isLabel = try graph.compare(
            .equal, graph.broadcast(label, to: type.shape, axes: [0], "label.all"), classes, "is_label")
        let target = try graph.convert(isLabel, to: type.elementType, "target")
        let likelihood = try graph.multiply(graph.logSoftmax(logits), target, "log_likelihoods")
        let perSample = try graph.unary(.negate, graph.sum(likelihood, axes: [1], "log_likelihood"))
        guard objective.classWeighting == .balanced else { return try graph.mean(perSample, "loss") }
        let weight = try sampleWeights(&graph, target)
        let weighted = try graph.sum(graph.multiply(perSample, weight, "weighted"), "weighted.sum")
        return try graph.divide(weighted, graph.sum(weight, "weight.sum"), "loss")
    }

    /// The weight of each sample's class.
    private func sampleWeights(_ graph: inout GraphBuilder, _ target: ValueID) throws(Diagnostic) -> ValueID {
        guard let classWeights else {
            throw Diagnostic(
                "model.class-weights", "class_weight", "balanced class weights come from the training set's counts",
                expected: "a data file, or class_weight none")
        }
        let type = graph.type(of: target)
        let rounded = classWeights.map { type.elementType == .f32 ? Double(Float($0)) : $0 }
        let weights = try graph.add(.constant(type.with(shape: [rounded.count]), .dense(rounded)), [], "class_weights")
        return try graph.dot(target, weights, DotDimensions(leftContracting: [1], rightContracting: [0]), "weight")
    }
}
