import Graph

/// The lists of passes that the compiler runs, and nothing else.
public enum Pipelines {
    /// Cleans up a graph that will not be differentiated any more.
    public static let optimize: [GraphPass] = [
        StopGradients.pass, ConstantFolding.pass, Simplify.pass, CommonSubexpressions.pass, DeadCode.pass,
        ConstantFolding.pass, Simplify.pass, CommonSubexpressions.pass, DeadCode.pass,
        LoopReciprocals.pass, LoopProducts.pass, LoopSums.pass, LoopLayouts.pass, LoopInvariants.pass, DeadCode.pass,
    ]

    /// From a graph to kernels.
    ///
    /// - Parameters:
    ///   - unfused: every operation becomes a kernel of its own.
    ///   - recomputed: how many percent of the layers are computed again for their gradients.
    public static func kernels(unfused: Bool = false, recomputed: Int = 0) -> [LevelPass] {
        let recomputation = recomputed > 0 ? [Recomputation.pass(percent: recomputed)] : []
        let joining = unfused ? [] : [TileFormation.pass, BatchTiling.pass, RowBlocking.pass, PointwiseJoining.pass]
        let formation = unfused
            ? [LevelPass(KernelFormation.unfusedPass)]
            : [PairBlocks.levelPass, LevelPass(KernelFormation.pass), LevelPass(Rematerialization.pass)]
        return formation + (recomputation + joining).map { LevelPass($0) }
    }

    /// Losses and the gradients of all parameters.
    public static func gradient(of loss: String) -> GraphPass {
        GraphPass(
            name: "autodiff", summary: "Adds the gradient of \(loss) for every parameter.", spelling: "autodiff:of=\(loss)"
        ) { graph throws(Diagnostic) in try Autodiff.gradient(of: graph, output: loss) }
    }

    /// The global norm of all gradients, as an output beside them.
    public static let gradientNorm = GraphPass(name: "gradient-norm", summary: "Adds the global norm of the gradients.") {
        graph throws(Diagnostic) in try OptimizerStep.addingNorm(to: graph)
    }

    public static func optimizer(_ step: OptimizerStep) -> GraphPass {
        let spelling = "optimizer:weight-decay=\(step.weightDecay)" + (step.clip.map { ":clip=\($0)" } ?? "")
        return GraphPass(
            name: "optimizer", summary: "Turns gradients into one step of clipped Adam.", spelling: spelling
        ) { graph throws(Diagnostic) in try step.apply(to: graph) }
    }
}
