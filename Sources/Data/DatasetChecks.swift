import Graph

extension Dataset {
    /// Checks what every later step relies on and needs no look at the features' values.
    ///
    /// Within a part all arrays have the same number of samples, and labels are finite; over the parts a modality keeps its
    /// sizes.
    /// - Parameter labelName: the name of the array that a part's labels come from.
    func checkStructure(file: String, labelName: (Part) -> String) throws(Diagnostic) {
        for part in Part.allCases {
            try self[part].checkSampleCounts(part: part, file: file, labelName: labelName(part))
            try self[part].checkLabels(subject: "\(file): \(labelName(part))")
        }
        for modality in FeatureModality.allCases {
            try checkSizes(of: modality, file: file)
        }
    }

    /// Makes features usable: NaN and ±inf in audio and vision become 0, with a note; in text they are errors.
    mutating func clean(file: String) throws(Diagnostic) {
        for part in Part.allCases {
            try self[part].checkText(part: part, file: file)
            for modality in [FeatureModality.audio, .vision] {
                let count = NonFiniteCount(self[part][modality]).total
                guard count > 0 else { continue }
                self[part][modality].replaceNonFinite()
                notes.append("\(part.rawValue)_\(modality.rawValue): \(count) values that were not finite became 0")
            }
        }
    }

    private func checkSizes(of modality: FeatureModality, file: String) throws(Diagnostic) {
        let expected = train[modality]
        for part in [Part.valid, .test] {
            let block = self[part][modality]
            let subject = "\(file): \(part.rawValue)_\(modality.rawValue)"
            guard block.timeSteps == expected.timeSteps else {
                throw Diagnostic(
                    "dataset.time-steps", subject, "all parts of a modality must have the same number of time steps",
                    expected: "\(expected.timeSteps), as in train_\(modality.rawValue)", found: "\(block.timeSteps)")
            }
            guard block.featureWidth == expected.featureWidth else {
                throw Diagnostic(
                    "dataset.feature-width", subject, "all parts of a modality must have the same number of features",
                    expected: "\(expected.featureWidth), as in train_\(modality.rawValue)",
                    found: "\(block.featureWidth)")
            }
        }
    }
}

extension Split {
    static func checkSamples(_ text: FeatureBlock, _ subject: String) throws(Diagnostic) {
        guard text.sampleCount > 0 else {
            throw Diagnostic(
                "dataset.empty", subject, "a part must have samples", expected: "at least one sample", found: "\(text.shape)")
        }
    }

    static func wrongSampleCount(_ subject: String, _ part: Dataset.Part, expected: Int, found: Int) -> Diagnostic {
        Diagnostic(
            "dataset.sample-count", subject, "all arrays of a part must have the same number of samples",
            expected: "\(expected), as in \(part.rawValue)_text", found: "\(found)")
    }

    fileprivate func checkSampleCounts(part: Dataset.Part, file: String, labelName: String) throws(Diagnostic) {
        try Self.checkSamples(text, "\(file): \(part.rawValue)_text")
        var counts = FeatureModality.allCases.map { ("\(part.rawValue)_\($0.rawValue)", self[$0].sampleCount) }
        counts += [(labelName, labels.count), ("\(part.rawValue)_ids", ids.count)]
        for (name, count) in counts where count != text.sampleCount {
            throw Self.wrongSampleCount("\(file): \(name)", part, expected: text.sampleCount, found: count)
        }
        for modality in FeatureModality.allCases where self[modality].sampleSize == 0 {
            throw Diagnostic(
                "dataset.empty", "\(file): \(part.rawValue)_\(modality.rawValue)", "a sample must have features",
                expected: "at least one time step and one feature", found: "\(self[modality].shape)")
        }
    }

    fileprivate func checkLabels(subject: String) throws(Diagnostic) {
        guard let index = labels.firstIndex(where: { !$0.isFinite }) else { return }
        throw Diagnostic(
            "dataset.label", subject, "label \(index) is not a finite number",
            expected: "finite labels", found: "\(labels[index])")
    }

    fileprivate func checkText(part: Dataset.Part, file: String) throws(Diagnostic) {
        let count = NonFiniteCount(text)
        guard let sample = count.firstSample, let value = count.firstValue else { return }
        throw Diagnostic(
            "dataset.text-value", "\(file): \(part.rawValue)_text",
            "sample \(sample) has a text feature that is not finite", expected: "finite values", found: "\(value)")
    }
}
