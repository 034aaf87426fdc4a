/// Samples for training, for choosing the best epoch, and for the final numbers.
public struct Dataset: Sendable, Equatable {
    /// The names of the three parts, as files have them.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        case train
        case valid
        case test
    }

    public var train: Split
    public var valid: Split
    public var test: Split
    /// What loading changed or left out, for the user to know.
    public var notes: [String]

    public init(train: Split, valid: Split, test: Split, notes: [String] = []) {
        self.train = train
        self.valid = valid
        self.test = test
        self.notes = notes
    }

    public subscript(part: Part) -> Split {
        get {
            switch part {
            case .train: train
            case .valid: valid
            case .test: test
            }
        }
        set {
            switch part {
            case .train: train = newValue
            case .valid: valid = newValue
            case .test: test = newValue
            }
        }
    }
}

/// One part of a data set: every array has one entry for each sample.
public struct Split: Sendable, Equatable {
    public var text: FeatureBlock
    public var audio: FeatureBlock
    public var vision: FeatureBlock
    public var labels: [Float]
    public var ids: [String]

    public init(text: FeatureBlock, audio: FeatureBlock, vision: FeatureBlock, labels: [Float], ids: [String]) {
        self.text = text
        self.audio = audio
        self.vision = vision
        self.labels = labels
        self.ids = ids
    }

    public var sampleCount: Int { labels.count }

    public subscript(modality: FeatureModality) -> FeatureBlock {
        get {
            switch modality {
            case .text: text
            case .audio: audio
            case .vision: vision
            }
        }
        set {
            switch modality {
            case .text: text = newValue
            case .audio: audio = newValue
            case .vision: vision = newValue
            }
        }
    }
}
