import Graph

/// The named pipelines, and nothing else.
public enum Pipelines {
    /// Cleans up a graph that will not be differentiated any more.
    public static let optimize: [GraphPass] = [
        StopGradients.pass, ConstantFolding.pass, Simplify.pass, CommonSubexpressions.pass, DeadCode.pass,
        ConstantFolding.pass, Simplify.pass, CommonSubexpressions.pass, DeadCode.pass,
        LoopReciprocals.pass, LoopProducts.pass, LoopSums.pass, LoopLayouts.pass, LoopInvariants.pass, DeadCode.pass,
    ]

    /// Losses and the gradients of all parameters.
    public static func gradient(of loss: String) -> GraphPass {
        GraphPass(name: "autodiff", summary: "Adds the gradient of \(loss) for every parameter.") { graph throws(Diagnostic) in
            try Autodiff.gradient(of: graph, output: loss)
        }
    }

    /// The global norm of all gradients, as an output beside them.
    public static let gradientNorm = GraphPass(name: "gradient-norm", summary: "Adds the global norm of the gradients.") {
        graph throws(Diagnostic) in try OptimizerStep.addingNorm(to: graph)
    }

    public static func optimizer(_ step: OptimizerStep) -> GraphPass {
        GraphPass(name: "optimizer", summary: "Turns gradients into one step of clipped Adam.") { graph throws(Diagnostic) in
            try step.apply(to: graph)
        }
    }

    /// Every pass that runs on the graph level, for listings.
    public static let all: [GraphPass] = [
        gradient(of: "loss.total"), gradientNorm, optimizer(OptimizerStep(weightDecay: 0, clip: nil)), StopGradients.pass,
        ConstantFolding.pass, Simplify.pass, CommonSubexpressions.pass, DeadCode.pass, LoopReciprocals.pass, LoopProducts.pass,
        LoopSums.pass, LoopLayouts.pass, LoopInvariants.pass,
    ]
}
