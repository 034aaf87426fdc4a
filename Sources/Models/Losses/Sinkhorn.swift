import Graph

struct SinkhornOptions {
    /// λ: the weight of the plan's entropy.
    var entropyWeight: Double
    var iterations: Int
    var domain = ModelSpec.TransportDomain.linear

    /// What costs are divided by: λ, but never zero.
    var smallestWeight: Double { max(entropyWeight, 1e-6) }
}

extension GraphBuilder {
    /// The entropic transport cost, computed on scalings or on their logarithms.
    mutating func transportLoss(
        cost: ValueID, marginals: [ValueID], _ options: SinkhornOptions
    ) throws(Diagnostic) -> ValueID {
        switch options.domain {
        case .linear: try sinkhornLoss(cost: cost, marginals: marginals, options)
        case .log: try logSinkhornLoss(cost: cost, marginals: marginals, options)
        }
    }

    /// The entropic transport plan, computed on scalings or on their logarithms; of the cost's shape.
    mutating func transportPlan(
        cost: ValueID, marginals: [ValueID], _ options: SinkhornOptions
    ) throws(Diagnostic) -> ValueID {
        switch options.domain {
        case .linear: try sinkhornPlan(cost: cost, marginals: marginals, options)
        case .log: try unary(.exp, logSinkhornPlan(cost: cost, marginals: marginals, options), "plan")
        }
    }

    /// The cost of the entropic transport plan with given marginals: Σ T C + λ Σ T (log T − 1), a scalar.
    ///
    /// - Parameters:
    ///   - cost: C, with an axis for each marginal.
    ///   - marginals: ν_m, each as long as its axis.
    mutating func sinkhornLoss(
        cost: ValueID, marginals: [ValueID], _ options: SinkhornOptions
    ) throws(Diagnostic) -> ValueID {
        let plan = try sinkhornPlan(cost: cost, marginals: marginals, options)
        return try entropicCost(plan: plan, cost: cost, options.entropyWeight)
    }

    /// The entropic transport plan T with given marginals, by Sinkhorn's iteration for any number of marginals.
    ///
    /// The plan is T = G · u₁ ⊗ … ⊗ u_M with the kernel G = exp(−C/λ); each iteration rescales every axis in turn so that
    /// its marginal fits. The gradient flows through all iterations.
    ///
    /// - Parameters:
    ///   - cost: C, with an axis for each marginal.
    ///   - marginals: ν_m, each as long as its axis.
    /// - Returns: T, of the cost's shape.
    mutating func sinkhornPlan(
        cost: ValueID, marginals: [ValueID], _ options: SinkhornOptions
    ) throws(Diagnostic) -> ValueID {
        let divisor = try constant(-options.smallestWeight, like: cost)
        let kernel = try atLeast(unary(.exp, divide(cost, divisor, "exponent"), "gibbs"), 1e-30, "kernel")
        var ones: [ValueID] = []
        for marginal in marginals { ones.append(try constant(1, like: marginal)) }
        let axes = marginals.indices
        let scalings = try scan(
            "iterations", count: options.iterations,
            carried: axes.map { ("scaling\($0)", ones[$0]) },
            invariants: [("kernel", kernel)] + axes.map { ("marginal\($0)", marginals[$0]) }
        ) { (body, carried, invariants, _) throws(Diagnostic) in
            var scalings = carried
            for axis in axes {
                let mass = try body.contractAll(invariants[0], scalings, except: axis)
                scalings[axis] = try body.divide(
                    invariants[1 + axis], body.add(mass, 1e-8, "mass\(axis)"), "next_scaling\(axis)")
            }
            return (scalings, [])
        }
        var plan = kernel
        for (axis, scaling) in scalings.enumerated() {
            plan = try multiply(
                plan, broadcast(scaling, to: shape(of: cost), axes: [axis], "scaling\(axis).all"), "plan")
        }
        return plan
    }

    /// Σ over all axes but one of G times the other axes' scalings.
    ///
    /// Trailing axes go first, from the last one, then leading ones, from the first: each contraction is a plain product
    /// of a matrix and a vector, and the next axis can share its beginning.
    private mutating func contractAll(
        _ kernel: ValueID, _ scalings: [ValueID], except axis: Int
    ) throws(Diagnostic) -> ValueID {
        var mass = kernel
        for other in scalings.indices.reversed() where other > axis {
            mass = try dot(
                mass, scalings[other], DotDimensions(leftContracting: [other], rightContracting: [0]), "partial_mass")
        }
        for other in 0..<axis {
            mass = try dot(
                scalings[other], mass, DotDimensions(leftContracting: [0], rightContracting: [0]), "partial_mass")
        }
        return mass
    }

    private mutating func entropicCost(plan: ValueID, cost: ValueID, _ weight: Double) throws(Diagnostic) -> ValueID {
        let transport = try sum(multiply(plan, cost, "plan.cost"), "transport")
        let logarithm = try unary(.log, atLeast(plan, 1e-8, "plan.floor"), "plan.log")
        let entropy = try sum(multiply(plan, add(logarithm, -1, "plan.log.shifted"), "plan.entropy"), "entropy")
        return try add(transport, multiply(entropy, weight, "entropy.weighted"), "loss")
    }
}
