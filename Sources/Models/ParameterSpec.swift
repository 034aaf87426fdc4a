import Graph

/// A weight of the model: its name in checkpoints, its shape and how it starts.
public struct ParameterSpec: Hashable, Sendable {
    public var name: String
    public var shape: Shape
    public var initial: Initial

    public enum Initial: Hashable, Sendable {
        /// Uniform between −bound and bound.
        case uniform(bound: Double)
        case constant(Double)
    }

    public init(_ name: String, _ shape: Shape, _ initial: Initial) {
        self.name = name
        self.shape = shape
        self.initial = initial
    }
}

extension ParameterSpec {
    /// All parameters of a model in the order of its inputs.
    static func all(_ spec: ModelSpec, _ sizes: ModelSizes) -> [ParameterSpec] {
        let width = spec.architecture.width
        var parameters: [ParameterSpec] = []
        for modality in Modality.allCases {
            let (dimension, kernel) = (sizes.featureDimensions[modality], spec.architecture.kernelSizes[modality])
            parameters.append(weight("proj_\(modality.letter)", [width, dimension, kernel], fanIn: dimension * kernel))
        }
        let encoders = Modality.allCases.map { "encoder_uni_\($0.letter)" } + ["encoder_com"]
        parameters += encoders.map { weight($0, [width, width, 1], fanIn: width) }
        for modality in Modality.allCases {
            for layer in 0..<spec.architecture.layerCount {
                parameters += transformerLayer("trans_\(modality.letter).layers.\(layer)", width)
            }
        }
        for modality in Modality.allCases {
            let name = "pde_\(modality.letter).net"
            parameters += linear("\(name).0", from: width, to: width)
            parameters += linear("\(name).3", from: width, to: spec.architecture.distributionWidth)
        }
        return parameters + linear("out_layer", from: 6 * width, to: spec.objective.outputCount)
    }

    private static func transformerLayer(_ name: String, _ width: Int) -> [ParameterSpec] {
        let attention = "\(name).self_attn"
        // Xavier: the three projections count as one matrix.
        let bound = (6 / Double(4 * width)).squareRoot()
        return [
            ParameterSpec("\(attention).in_proj_weight", [3 * width, width], .uniform(bound: bound)),
            ParameterSpec("\(attention).in_proj_bias", [3 * width], .constant(0)),
            weight("\(attention).out_proj", [width, width], fanIn: width),
            ParameterSpec("\(attention).out_proj.bias", [width], .constant(0)),
        ] + layerNorm("\(name).attn_layer_norm", width) + linear("\(name).fc1", from: width, to: 4 * width)
            + linear("\(name).fc2", from: 4 * width, to: width) + layerNorm("\(name).final_layer_norm", width)
    }

    private static func weight(_ name: String, _ shape: Shape, fanIn: Int) -> ParameterSpec {
        ParameterSpec("\(name).weight", shape, .uniform(bound: 1 / Double(fanIn).squareRoot()))
    }

    static func linear(_ name: String, from input: Int, to output: Int) -> [ParameterSpec] {
        let bound = 1 / Double(input).squareRoot()
        return [
            weight(name, [output, input], fanIn: input),
            ParameterSpec("\(name).bias", [output], .uniform(bound: bound)),
        ]
    }

    private static func layerNorm(_ name: String, _ width: Int) -> [ParameterSpec] {
        [
            ParameterSpec("\(name).weight", [width], .constant(1)),
            ParameterSpec("\(name).bias", [width], .constant(0)),
        ]
    }
}
