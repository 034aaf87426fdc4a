import Graph

/// What a synthetic data set is made of.
public struct SyntheticSpecification: Sendable, Hashable {
    /// The size of one modality's feature sequences, and how much of it is its own.
    public struct Modality: Sendable, Hashable {
        public var timeSteps: Int
        public var featureWidth: Int
        /// Hidden factors that only this modality shows.
        public var uniqueFactors: Int

        public init(timeSteps: Int, featureWidth: Int, uniqueFactors: Int = 2) {
            self.timeSteps = timeSteps
            self.featureWidth = featureWidth
            self.uniqueFactors = uniqueFactors
        }

        fileprivate init(_ timeSteps: Int, _ featureWidth: Int) {
            self.init(timeSteps: timeSteps, featureWidth: featureWidth)
        }
    }

    public var trainCount = 512
    public var validCount = 128
    public var testCount = 256
    public var text = Modality(timeSteps: 8, featureWidth: 24)
    public var audio = Modality(timeSteps: 8, featureWidth: 12)
    public var vision = Modality(timeSteps: 8, featureWidth: 16)
    /// Hidden factors that all modalities show.
    public var sharedFactors = 4
    /// The part of the label signal's variance that comes from the shared factors.
    public var sharedWeight = 0.6
    /// Standard deviation of the noise of each feature in each frame; the factors' part of a feature is about 1.
    public var featureNoise = 0.3
    /// Standard deviation of the label's noise, relative to its signal.
    public var labelNoise = 0.3
    /// Standard deviation of the label's signal, before labels are clipped.
    public var labelScale = 1.2
    /// Labels are clipped to ± this.
    public var labelLimit = 3.0
    /// How many classes the labels are; nil for a regression.
    public var classCount: Int?
    public var seed: UInt64 = 1

    public init() {}

    /// Data sets of the field whose sizes a synthetic one can have.
    public enum Likeness: String, Sendable, CaseIterable {
        case mosi, mosei, sims, iemocap
    }

    /// A data set of the sizes of a published one with text features (MMSA's aligned files; sims is not aligned).
    public init(like likeness: Likeness) {
        switch likeness {
        case .mosi:
            (trainCount, validCount, testCount) = (1284, 229, 686)
            (text, audio, vision) = (.init(50, 768), .init(50, 5), .init(50, 20))
        case .mosei:
            (trainCount, validCount, testCount) = (16326, 1871, 4659)
            (text, audio, vision) = (.init(50, 768), .init(50, 74), .init(50, 35))
        case .sims:
            (trainCount, validCount, testCount) = (1368, 456, 457)
            (text, audio, vision) = (.init(39, 768), .init(400, 33), .init(55, 709))
            (labelScale, labelLimit) = (0.4, 1)
        case .iemocap:
            (trainCount, validCount, testCount) = (5229, 581, 1623)
            (text, audio, vision) = (.init(1, 1024), .init(1, 512), .init(1, 1024))
            classCount = 6
        }
    }

    public subscript(modality: FeatureModality) -> Modality {
        switch modality {
        case .text: text
        case .audio: audio
        case .vision: vision
        }
    }

    public func sampleCount(_ part: Dataset.Part) -> Int {
        switch part {
        case .train: trainCount
        case .valid: validCount
        case .test: testCount
        }
    }

    /// Generates the data set; `SyntheticData` also tells how well it can be predicted.
    public func generate() throws(Diagnostic) -> Dataset {
        try SyntheticData(self).dataset
    }

    /// Refuses sizes of nothing, and numbers with which the labels would mean nothing.
    func check() throws(Diagnostic) {
        for part in Dataset.Part.allCases {
            try checkPositive(sampleCount(part), "\(part.rawValue) samples")
        }
        for modality in FeatureModality.allCases {
            let sizes = self[modality]
            try checkPositive(sizes.timeSteps, "\(modality.rawValue) time steps")
            try checkPositive(sizes.featureWidth, "\(modality.rawValue) features")
            try checkPositive(sizes.uniqueFactors, "\(modality.rawValue) unique factors")
        }
        try checkPositive(sharedFactors, "shared factors")
        if let classCount { try checkPositive(classCount, "classes") }
        try checkRange(sharedWeight, 0...1, "shared weight")
        try checkRange(featureNoise, 0...1e6, "feature noise")
        try checkRange(labelNoise, 0...1e6, "label noise")
        try checkRange(labelScale, 1e-6...1e6, "label scale")
        try checkRange(labelLimit, 1e-6...1e6, "label limit")
    }

    private func checkPositive(_ size: Int, _ name: String) throws(Diagnostic) {
        // The upper bound keeps products of three sizes far from overflow.
        guard (1...1_000_000).contains(size) else {
            throw Diagnostic(
                "synthetic.size", name, "a synthetic data set's size is out of range",
                expected: "a number in 1...1000000", found: "\(size)")
        }
    }

    private func checkRange(_ value: Double, _ range: ClosedRange<Double>, _ name: String) throws(Diagnostic) {
        guard range.contains(value) else {
            throw Diagnostic(
                "synthetic.number", name, "a synthetic data set's number is out of range",
                expected: "a number in \(range)", found: "\(value)")
        }
    }
}
