import Graph

extension GraphBuilder {
    /// The same transport as by `sinkhornLoss`, iterated on logarithms: log u_m = log ν_m − log Σ exp(−C/λ + Σ log u) over the
    /// other axes.
    ///
    /// Nothing is smaller than the numbers can hold, so that it works for every λ and every cost, where the kernel
    /// exp(−C/λ) is zero already; nothing is added to avoid divisions by zero. It costs an exponential for each
    /// element of the cost in each update (Peyré and Cuturi, Computational Optimal Transport, section 4.4).
    ///
    /// - Returns: Σ T C + λ Σ T (log T − 1), a scalar.
    mutating func logSinkhornLoss(
        cost: ValueID, marginals: [ValueID], _ options: SinkhornOptions
    ) throws(Diagnostic) -> ValueID {
        let logPlan = try logSinkhornPlan(cost: cost, marginals: marginals, options)
        let plan = try unary(.exp, logPlan, "plan")
        let transport = try sum(multiply(plan, cost, "plan.cost"), "transport")
        let entropy = try sum(multiply(plan, add(logPlan, -1, "plan.log.shifted"), "plan.entropy"), "entropy")
        return try add(transport, multiply(entropy, options.entropyWeight, "entropy.weighted"), "loss")
    }

    /// The logarithm of the transport plan, of the cost's shape.
    mutating func logSinkhornPlan(
        cost: ValueID, marginals: [ValueID], _ options: SinkhornOptions
    ) throws(Diagnostic) -> ValueID {
        let divisor = try constant(-options.smallestWeight, like: cost)
        let exponent = try divide(cost, divisor, "exponent")
        let axes = marginals.indices
        var zeros: [ValueID] = []
        var logarithms: [ValueID] = []
        for marginal in marginals {
            zeros.append(try constant(0, like: marginal))
            logarithms.append(try unary(.log, atLeast(marginal, 1e-30, "marginal.floor"), "marginal.log"))
        }
        let scalings = try scan(
            "iterations", count: options.iterations,
            carried: axes.map { ("log_scaling\($0)", zeros[$0]) },
            invariants: [("exponent", exponent)] + axes.map { ("log_marginal\($0)", logarithms[$0]) }
        ) { (body, carried, invariants, _) throws(Diagnostic) in
            var scalings = carried
            for axis in axes {
                let others = axes.filter { $0 != axis }
                let scaled = try body.scaled(invariants[0], scalings, others)
                let mass = try body.logarithmOfSum(scaled, axes: others, "log_mass\(axis)")
                scalings[axis] = try body.subtract(invariants[1 + axis], mass, "next_log_scaling\(axis)")
            }
            return (scalings, [])
        }
        return try scaled(exponent, scalings, Array(axes))
    }

    /// −C/λ + Σ log u_m over the given axes.
    private mutating func scaled(_ exponent: ValueID, _ scalings: [ValueID], _ axes: [Int]) throws(Diagnostic) -> ValueID {
        var sum = exponent
        for axis in axes {
            sum = try add(sum, broadcast(scalings[axis], to: shape(of: exponent), axes: [axis], "log_scaling\(axis).all"), "scaled")
        }
        return sum
    }

    /// log Σ exp(x) over some axes; the largest exponent is taken out of the sum, and carries no gradient.
    private mutating func logarithmOfSum(_ x: ValueID, axes: [Int], _ hint: String) throws(Diagnostic) -> ValueID {
        let shape = shape(of: x)
        let largest = try add(.stopGradient, [add(.reduce(.maximum, axes: axes), [x], "largest")], "largest.constant")
        let shifted = try subtract(x, restore(largest, to: shape, removed: axes, "largest.all"), "shifted")
        let logarithm = try unary(.log, sum(unary(.exp, shifted, "share"), axes: axes, "shares"), "shares.log")
        return try add(logarithm, largest, hint)
    }
}
