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

    /// Measures each feature over the samples and time steps of the train part, in passes over chunks of it.
    public init(train: FeatureBlock, percentiles: Percentiles?) {
        let limits = percentiles.map { percentiles in
            FeaturePercentiles(train, [percentiles.lower, percentiles.upper]).values()
                .map { Bounds(lower: $0[0], upper: $0[1]) }
        }
        let count = Double(max(1, train.sampleCount * train.timeSteps))
        let mean = Self.sums(train) { feature, value in
            Self.clip(value, limits?[feature])
        }.map { $0 / count }
        let squares = Self.sums(train) { feature, value in
            let difference = Self.clip(value, limits?[feature]) - mean[feature]
            return difference * difference
        }
        bounds = limits
        self.mean = mean
        scale = squares.map { max(($0 / count).squareRoot(), Self.smallestScale) }
    }

    /// Adds up a number for each value, feature by feature, in the order of the rows whatever the number of threads.
    private static func sums(_ block: FeatureBlock, _ term: @Sendable (Int, Double) -> Double) -> [Double] {
        let width = block.featureWidth
        let parts = [0..<(width / 2), (width / 2)..<width]
        return Parallel.map(parts.count) { part in
            let features = parts[part]
            var sums = [Double](repeating: 0, count: features.count)
            guard !features.isEmpty else { return sums }
            for chunk in block.chunks {
                let values = block.values(of: chunk)
                for row in stride(from: 0, to: values.count, by: width) {
                    for feature in features {
                        sums[feature - features.lowerBound] += term(feature, Double(values[row + feature]))
                    }
                }
            }
            return sums
        }.flatMap(\.self)
    }

    /// Standardises a block of any part.
    public func apply(to block: inout FeatureBlock) throws(Diagnostic) {
        let width = block.featureWidth
        guard width == mean.count, width == scale.count, bounds.map({ $0.count == width }) ?? true else {
            throw Diagnostic(
                "standardization.width", "features", "the features are not those that were measured",
                expected: "\(mean.count) features", found: "\(width)")
        }
        block.standardize(self)
    }

    /// Standardises whole rows of values.
    func apply(to values: UnsafeMutableBufferPointer<Float>) {
        for row in stride(from: 0, to: values.count, by: mean.count) {
            for feature in mean.indices {
                let value = Self.clip(Double(values[row + feature]), bounds?[feature])
                values[row + feature] = Float((value - mean[feature]) / scale[feature])
            }
        }
    }

    private static func clip(_ value: Double, _ bounds: Bounds?) -> Double {
        guard let bounds else { return value }
        return min(max(value, bounds.lower), bounds.upper)
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
