import Graph

/// The sizes that depend on the data: a model is compiled for exactly these.
public struct ModelSizes: Hashable, Sendable {
    public var featureDimensions: PerModality<Int>
    public var sequenceLengths: PerModality<Int>
    public var batch: Int
    /// For `class_weight` balanced: the weight of each class, from the counts of the training set.
    public var classWeights: [Double]?

    public init(
        featureDimensions: PerModality<Int>, sequenceLengths: PerModality<Int>, batch: Int,
        classWeights: [Double]? = nil
    ) {
        self.featureDimensions = featureDimensions
        self.sequenceLengths = sequenceLengths
        self.batch = batch
        self.classWeights = classWeights
    }

    /// The sizes that a specification gives itself.
    ///
    /// - Parameter batch: another batch size than the specification's, such as the remainder of a data set.
    public init(spec: ModelSpec, batch: Int? = nil, classWeights: [Double]? = nil) throws(Diagnostic) {
        guard let dimensions = spec.features.dimensions, let lengths = spec.features.sequenceLengths else {
            let key = spec.features.dimensions == nil ? "feature_dims" : "seq_lens"
            throw Diagnostic(
                "spec.missing-sizes", key, "neither the specification nor data give the sizes of the features",
                expected: "feature_dims and seq_lens, or a data file")
        }
        self.init(
            featureDimensions: dimensions, sequenceLengths: lengths, batch: batch ?? spec.training.batchSize,
            classWeights: classWeights)
    }

    /// weight_c = N / (n_c · classes) for n_c samples of class c among N, with n_c at least one.
    public static func balancedWeights(counts: [Int]) -> [Double] {
        let total = counts.reduce(0, +)
        return counts.map { Double(total) / (Double(max($0, 1)) * Double(counts.count)) }
    }

    // MARK: Checks

    func check(_ spec: ModelSpec) throws(Diagnostic) {
        let range = 1...SpecKey.largestExtent
        try Self.require("batch", batch, in: range)
        for modality in Modality.allCases {
            let (dimension, length) = (featureDimensions[modality], sequenceLengths[modality])
            try Self.require("feature dimension of \(modality.rawValue)", dimension, in: range)
            try Self.require("sequence length of \(modality.rawValue)", length, in: range)
            guard spec.architecture.kernelFits(modality, dimension: dimension, length: length) else {
                throw Diagnostic(
                    "model.kernel", "conv1d_kernel_size_\(modality.letter)",
                    "the kernel is at most as long as the \(modality.rawValue) sequence", expected: "1...\(length)",
                    found: "\(spec.architecture.kernelSizes[modality])")
            }
        }
        try checkClassWeights(spec)
        try checkMemory(spec)
    }

    private static func require(_ what: String, _ value: Int, in range: ClosedRange<Int>) throws(Diagnostic) {
        guard range.contains(value) else {
            throw Diagnostic(
                "model.size", what, "the size is out of range", expected: "\(range.lowerBound)...\(range.upperBound)",
                found: "\(value)")
        }
    }

    private func checkClassWeights(_ spec: ModelSpec) throws(Diagnostic) {
        guard let classWeights else { return }
        let count = spec.objective.outputCount
        guard classWeights.count == count else {
            throw Diagnostic(
                "model.class-weights", "class weights", "there is a weight for each class", expected: "\(count)",
                found: "\(classWeights.count)")
        }
        guard classWeights.allSatisfy({ $0 > 0 && Float($0).isFinite && Float($0) > 0 }) else {
            throw Diagnostic(
                "model.class-weights", "class weights", "weights are positive", found: "\(classWeights)")
        }
    }

    /// Inputs and parameters alone must fit into a machine: the type rules bound everything that is computed from them.
    private func checkMemory(_ spec: ModelSpec) throws(Diagnostic) {
        let largest = 1 << 33
        var elements = 0
        for modality in Modality.allCases {
            elements += batch * sequenceLengths[modality] * featureDimensions[modality]
        }
        for parameter in ParameterSpec.all(spec, self) { elements += parameter.shape.elementCount }
        guard elements <= largest else {
            throw Diagnostic(
                "model.size", "inputs and parameters", "the model is too large",
                expected: "at most \(largest) elements",
                found: "\(elements)")
        }
    }
}
