import Graph

extension GraphBuilder {
    /// How much of each other a modality's unique and common features hold: the cosine of each sample's two features,
    /// flattened over steps and width, in the mean over the batch; squared in the released form, plain in the paper's
    /// (equation 1 of arXiv 2503.11892).
    mutating func decouplingLoss(
        unique: ValueID, common: ValueID, form: ModelSpec.EquationForm
    ) throws(Diagnostic) -> ValueID {
        let epsilon = 1e-8
        let product = try sum(multiply(unique, common, "products"), axes: [1, 2], "inner_product")
        let uniqueNorm = try sum(square(unique, "unique.square"), axes: [1, 2], "unique.norm2")
        let commonNorm = try sum(square(common, "common.square"), axes: [1, 2], "common.norm2")
        // The square of max(‖s‖‖c‖, ε): without the root there is no infinite slope where all steps are masked.
        let norms = try atLeast(multiply(uniqueNorm, commonNorm, "norms"), epsilon * epsilon, "norms.floor")
        switch form {
        case .released:
            return try mean(divide(square(product, "inner_product.square"), norms, "cosine2"), "cosine2.mean")
        case .paper:
            return try mean(divide(product, unary(.sqrt, norms, "norms.root"), "cosine"), "cosine.mean")
        }
    }
}
