import Graph

/// Numbers, one for each feature, that bring a modality to mean 0 and standard deviation 1 over the train part.
///
/// Values are clipped to two percentiles of train, the mean of the clipped train values is subtracted, and the rest
/// is divided by their biased standard deviation, at least 1e-6. The valid and test parts use train's numbers.
public struct Standardization: Sendable, Hashable, Codable {
    /// The percentiles, in 0...100, outside which values are clipped.
    public struct Percentiles: Sendable, Hashable, Codable {
        public let lower: Double
        public let upper: Double

        public init(lower: Double, upper: Double) throws(Diagnostic) {
            // Also refuses NaN, with which no comparison holds.
            guard lower >= 0, lower < upper, upper <= 100 else {
                throw Diagnostic(
                    "standardization.percentiles", "feature_clip_percentiles", "the clip percentiles are out of order",
                    expected: "two rising numbers in 0...100", found: "\(lower), \(upper)")
            }
            self.lower = lower
            self.upper = upper
        }
    }

    /// The values between which a feature is clipped.
    public struct Bounds: Sendable, Hashable, Codable {
        public var lower: Double
        public var upper: Double
    }

    private static let smallestScale = 1e-6

    /// One for each feature; nil where nothing is clipped.
    public let bounds: [Bounds]?
    public let mean: [Double]
    /// What values are divided by.
    public let scale: [Double]

    /// Measures each feature over the samples and time steps of the train part.
    public init(train: FeatureBlock, percentiles: Percentiles?) {
        var bounds: [Bounds] = []
        var mean: [Double] = []
        var scale: [Double] = []
        for feature in 0..<train.featureWidth {
            let column = stride(from: feature, to: train.values.count, by: train.featureWidth).map { train.values[$0] }
            let limits = percentiles.map { Standardization.bounds(of: column, $0) }
            if let limits { bounds.append(limits) }
            let moments = Standardization.moments(of: column, limits)
            mean.append(moments.mean)
            scale.append(max(moments.deviation, Standardization.smallestScale))
        }
        self.bounds = percentiles == nil ? nil : bounds
        self.mean = mean
        self.scale = scale
    }

    /// Standardises a block of any part.
    public func apply(to block: inout FeatureBlock) throws(Diagnostic) {
        let width = block.featureWidth
        guard width == mean.count, width == scale.count, bounds.map({ $0.count == width }) ?? true else {
            throw Diagnostic(
                "standardization.width", "features", "the features are not those that were measured",
                expected: "\(mean.count) features", found: "\(width)")
        }
        var feature = 0
        for index in block.values.indices {
            var value = Double(block.values[index])
            if let bounds { value = Standardization.clip(value, bounds[feature]) }
            block.values[index] = Float((value - mean[feature]) / scale[feature])
            feature = feature + 1 == width ? 0 : feature + 1
        }
    }

    private static func bounds(of column: [Float], _ percentiles: Percentiles) -> Bounds {
        var quantile = Quantile(column)
        return Bounds(
            lower: quantile.percentile(percentiles.lower) ?? 0, upper: quantile.percentile(percentiles.upper) ?? 0)
    }

    private static func moments(of column: [Float], _ bounds: Bounds?) -> (mean: Double, deviation: Double) {
        guard !column.isEmpty else { return (0, 0) }
        let count = Double(column.count)
        func clipped(_ value: Float) -> Double {
            bounds.map { clip(Double(value), $0) } ?? Double(value)
        }
        let mean = column.reduce(0) { $0 + clipped($1) } / count
        let squares = column.reduce(0) { sum, value in
            let difference = clipped(value) - mean
            return sum + difference * difference
        }
        return (mean, (squares / count).squareRoot())
    }

    private static func clip(_ value: Double, _ bounds: Bounds) -> Double {
        min(max(value, bounds.lower), bounds.upper)
    }
}

extension Dataset {
    /// Standardises some modalities of all parts by train's numbers, which are returned.
    ///
    /// Values that are not finite must be gone before; `clean` sees to that.
    @discardableResult
    public mutating func standardize(
        _ modalities: [FeatureModality] = [.audio, .vision], percentiles: Standardization.Percentiles?
    ) throws(Diagnostic) -> [FeatureModality: Standardization] {
        var measured: [FeatureModality: Standardization] = [:]
        for modality in FeatureModality.allCases where modalities.contains(modality) {
            let standardization = Standardization(train: train[modality], percentiles: percentiles)
            for part in Part.allCases {
                try standardization.apply(to: &self[part][modality])
            }
            measured[modality] = standardization
        }
        return measured
    }
}
