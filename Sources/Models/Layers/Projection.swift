import Graph

/// A modality's features after projection and the split into what is its own and what is common.
struct Decoupled {
    /// s, [B, T, d].
    var unique: ValueID
    /// c, [B, T, d].
    var common: ValueID
    /// [B, T], one for the steps that hold anything; nil where all steps count.
    var mask: ValueID?
}

extension ModelBuilder {
    /// Projects features [B, T, D] to the model's width and splits them.
    ///
    /// - Parameter isSplit: otherwise the features of the unique encoder are the common ones, too.
    mutating func decouple(
        _ features: ValueID, _ modality: Modality, dropoutRate: Double, hasMask: Bool, isSplit: Bool
    ) throws(Diagnostic) -> Decoupled {
        let letter = modality.letter
        let kept = try scoped("input_\(letter)") { (model) throws(Diagnostic) in
            try model.dropout(features, rate: dropoutRate)
        }
        var projected = try scoped("proj_\(letter)") { (model) throws(Diagnostic) in
            try model.temporalProjection(kept, weight: model.parameter("proj_\(letter).weight"))
        }
        var mask: ValueID?
        if hasMask {
            (projected, mask) = try scoped("mask_\(letter)") { (model) throws(Diagnostic) in
                try model.graph.maskEmptySteps(projected, of: features)
            }
        }
        let unique = try pointwise(projected, "encoder_uni_\(letter)", "unique_\(letter)")
        let common = try isSplit ? pointwise(projected, "encoder_com", "common_\(letter)") : unique
        return Decoupled(unique: unique, common: common, mask: mask)
    }

    /// A convolution over time, stride 1, no padding, no bias; features that have the model's width pass through.
    private mutating func temporalProjection(_ features: ValueID, weight: ValueID) throws(Diagnostic) -> ValueID {
        let kernel = graph.shape(of: weight)
        if graph.shape(of: features)[2] == kernel[0] { return features }
        if kernel[2] == 1 {
            let matrix = try graph.reshape(weight, [kernel[0], kernel[1]], "weight")
            return try graph.linear(features, weight: matrix, "projected")
        }
        let windows = try graph.add(.window(axis: 1, size: kernel[2]), [features], "windows")
        return try graph.dot(
            windows, weight, DotDimensions(leftContracting: [2, 3], rightContracting: [2, 1]), "projected")
    }

    /// A convolution of kernel size 1: the same linear map at every step.
    private mutating func pointwise(_ x: ValueID, _ name: String, _ hint: String) throws(Diagnostic) -> ValueID {
        let weight = try parameter("\(name).weight")
        let shape = graph.shape(of: weight)
        return try graph.linear(x, weight: graph.reshape(weight, [shape[0], shape[1]], "\(name)/weight"), hint)
    }
}

extension GraphBuilder {
    /// Sets steps to zero whose raw features are all zero, and returns the mask; steps that the projection cuts off
    /// are cut off the mask's end.
    fileprivate mutating func maskEmptySteps(
        _ projected: ValueID, of features: ValueID
    ) throws(Diagnostic) -> (projected: ValueID, mask: ValueID) {
        let magnitude = try sum(unary(.abs, features, "abs"), axes: [2], "magnitude")
        let holds = try compare(.greater, magnitude, constant(0, like: magnitude), "holds")
        let whole = try convert(holds, to: type(of: features).elementType, "whole")
        let shape = shape(of: projected)
        let mask = try slice(whole, axis: 1, 0, shape[1], "mask")
        return (try multiply(projected, restore(mask, to: shape, removed: [2], "mask.all"), "masked"), mask)
    }
}
