import Graph

/// Layers without parameters of their own, as compositions of operations.
extension GraphBuilder {
    /// x Wᵀ + b over the last axis; W is [out, in].
    mutating func linear(_ x: ValueID, weight: ValueID, bias: ValueID, _ hint: String) throws(Diagnostic) -> ValueID {
        let product = try linear(x, weight: weight, "\(hint).product")
        let shape = shape(of: product)
        return try add(product, broadcast(bias, to: shape, axes: [shape.rank - 1], "\(hint).bias.all"), hint)
    }

    /// x Wᵀ over the last axis; W is [out, in].
    mutating func linear(_ x: ValueID, weight: ValueID, _ hint: String) throws(Diagnostic) -> ValueID {
        try dot(x, weight, DotDimensions(leftContracting: [shape(of: x).rank - 1], rightContracting: [1]), hint)
    }

    /// Normalises the last axis to mean 0 and biased variance 1, then scales and shifts each feature.
    mutating func layerNorm(_ x: ValueID, weight: ValueID, bias: ValueID) throws(Diagnostic) -> ValueID {
        let epsilon = 1e-5
        let shape = shape(of: x)
        let last = shape.rank - 1
        let mean = try mean(x, axes: [last])
        let centred = try subtract(x, restore(mean, to: shape, removed: [last], "mean.all"), "centred")
        let variance = try self.mean(square(centred), axes: [last], "variance")
        let deviation = try unary(.sqrt, add(variance, epsilon, "variance.epsilon"), "deviation")
        let normalized = try divide(
            centred, restore(deviation, to: shape, removed: [last], "deviation.all"), "normalized")
        let scaled = try multiply(normalized, broadcast(weight, to: shape, axes: [last], "weight.all"), "scaled")
        return try add(scaled, broadcast(bias, to: shape, axes: [last], "bias.all"), "output")
    }

    /// x minus its largest entry along the last axis, through which no gradient flows: exp of it cannot overflow.
    mutating func subtractMaximum(_ x: ValueID) throws(Diagnostic) -> ValueID {
        let shape = shape(of: x)
        let last = shape.rank - 1
        let maximum = try stopGradient(maximum(x, axes: [last]), "max.constant")
        return try subtract(x, restore(maximum, to: shape, removed: [last], "max.all"), "shifted")
    }

    /// Softmax over the last axis.
    mutating func softmax(_ x: ValueID, _ hint: String = "softmax") throws(Diagnostic) -> ValueID {
        let shape = shape(of: x)
        let exponentials = try unary(.exp, subtractMaximum(x), "exp")
        let sum = try sum(exponentials, axes: [shape.rank - 1], "exp.sum")
        // One division per row; the sum is at least one, since the maximum is subtracted.
        let scale = try divide(constant(1, like: sum), sum, "exp.scale")
        return try multiply(exponentials, restore(scale, to: shape, removed: [shape.rank - 1], "exp.scale.all"), hint)
    }

    /// Log-softmax over the last axis.
    mutating func logSoftmax(_ x: ValueID, _ hint: String = "log_softmax") throws(Diagnostic) -> ValueID {
        let shape = shape(of: x)
        let shifted = try subtractMaximum(x)
        let sum = try sum(unary(.exp, shifted, "exp"), axes: [shape.rank - 1], "exp.sum")
        let logarithm = try unary(.log, sum, "exp.sum.log")
        return try subtract(shifted, restore(logarithm, to: shape, removed: [shape.rank - 1], "exp.sum.log.all"), hint)
    }

    /// A square truth table: whether the indices of two axes compare in a way.
    mutating func indices(_ comparison: Comparison, size: Int, _ hint: String) throws(Diagnostic) -> ValueID {
        let type = TensorType(.i32, [size, size])
        let row = try add(.iota(type, axis: 0), [], "row")
        let column = try add(.iota(type, axis: 1), [], "column")
        return try compare(comparison, row, column, hint)
    }

    /// The mean over the steps of a sequence [B, T, d], or over the steps that a mask [B, T] keeps, if any.
    mutating func pool(_ sequence: ValueID, mask: ValueID?, _ hint: String = "pooled") throws(Diagnostic) -> ValueID {
        guard let mask else { return try mean(sequence, axes: [1], hint) }
        let shape = shape(of: sequence)
        let kept = try multiply(sequence, restore(mask, to: shape, removed: [2], "\(hint).mask"), "\(hint).kept")
        let count = try atLeast(sum(mask, axes: [1], "\(hint).steps"), 1, "\(hint).count")
        let total = try sum(kept, axes: [1], "\(hint).sum")
        return try divide(total, restore(count, to: self.shape(of: total), removed: [1], "\(hint).count.all"), hint)
    }

    /// The sum of one or more tensors of one shape.
    mutating func sumOfTerms(_ terms: [ValueID], _ hint: String) throws(Diagnostic) -> ValueID {
        var total = terms[0]
        for term in terms.dropFirst() { total = try add(total, term, hint) }
        return total
    }

    /// The mean of one or more tensors of one shape.
    mutating func meanOfTerms(_ terms: [ValueID], _ hint: String) throws(Diagnostic) -> ValueID {
        try multiply(sumOfTerms(terms, "\(hint).sum"), 1 / Double(terms.count), hint)
    }
}
