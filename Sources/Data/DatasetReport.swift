import Graph

/// What stands in a data file, and what a user should know of it before training.
public struct DatasetReport: Sendable {
    /// One array or list.
    public struct Entry: Sendable {
        /// As in `train_text`.
        public var name: String
        public var type: String
        /// Nil for what is no array.
        public var shape: [Int]?
        /// Of features only.
        public var statistics: FeatureStatistics?
        /// Of the samples' lengths only.
        public var lengths: LengthStatistics?
    }

    /// How many time steps samples have.
    public struct LengthStatistics: Sendable {
        public var smallest: Double
        public var mean: Double
        public var largest: Double

        /// Numbers that are not finite are left out; nil where there are no others.
        init?(_ numbers: some Sequence<Double>) {
            let finite = numbers.lazy.filter(\.isFinite)
            guard let smallest = finite.min(), let largest = finite.max() else { return nil }
            (self.smallest, self.largest) = (smallest, largest)
            let count = Double(finite.count { _ in true })
            mean = finite.reduce(0) { $0 + $1 / count }
        }
    }

    /// How labels are distributed.
    public struct Histogram: Sendable {
        /// As in `train_labels`.
        public var name: String
        /// Classes, sentiments rounded to whole numbers, or intervals of sentiments from −1 to 1, ascending.
        public var counts: [(label: String, count: Int)]
        public var mean: Double
        public var smallest: Double
        public var largest: Double
    }

    public let path: String
    public let format: String
    public let byteCount: Int
    public private(set) var entries: [Entry] = []
    public private(set) var histograms: [Histogram] = []
    /// What is unusual but no obstacle.
    public private(set) var notes: [String] = []
    /// What will go wrong, or may mislead.
    public private(set) var warnings: [String] = []
    /// Why the file cannot be trained on; nil where it can.
    public private(set) var obstacle: Diagnostic?

    /// Reads a whole file, one piece after the other.
    public init(path: String) throws(Diagnostic) {
        self.path = path
        let size = try InputFile(path: path).size
        let file = try DataFormat.open(path, isVerified: true)
        format = file.format
        byteCount = size
        for name in Self.inReadingOrder(file.names) { try add(name, file) }
        for part in Dataset.Part.allCases { try checkTokens(part, file) }
        noteTokenOrder()
        checkIds(file)
        checkNames(file)
        checkUse(file)
    }

    private var tokenSums: [Double]?
    /// How many samples the features of text have, where they have elements.
    private var sampleCounts: [Dataset.Part: Int] = [:]

    // MARK: One array

    private mutating func add(_ name: String, _ file: any ArrayFile) throws(Diagnostic) {
        guard let value = try file.value(named: name) else { return }
        var entry = Entry(name: name, type: value.elementName, shape: value.shape)
        // Without elements an array may claim any number of samples.
        if let (part, modality) = Self.features(name), case .array(let array) = value, array.elementCount > 0,
            let source = StoredFeatures(array)
        {
            if modality == .text { sampleCounts[part] = source.sampleCount }
            let lengths = try lengths(part, modality, source, file)
            let statistics = FeatureStatistics(FeatureBlock(source), lengths: lengths)
            entry.statistics = statistics
            note(statistics, name: name, modality)
        }
        if name.hasSuffix("_lengths"), let numbers = value.numbers { entry.lengths = LengthStatistics(numbers) }
        if name.contains("labels"), let numbers = value.numbers { addHistogram(name, numbers) }
        entries.append(entry)
    }

    /// Part by part, features first.
    private static func inReadingOrder(_ names: [String]) -> [String] {
        let first = Dataset.Part.allCases.flatMap { part in
            let ofPart = names.filter { $0.hasPrefix("\(part.rawValue)_") }
            let features = FeatureModality.allCases.map { "\(part.rawValue)_\($0.rawValue)" }.filter(ofPart.contains)
            return features + ofPart.filter { !features.contains($0) }
        }
        let known = Set(first)
        return first + names.filter { !known.contains($0) }
    }

    private static func features(_ name: String) -> (Dataset.Part, FeatureModality)? {
        for part in Dataset.Part.allCases {
            for modality in FeatureModality.allCases where name == "\(part.rawValue)_\(modality.rawValue)" {
                return (part, modality)
            }
        }
        return nil
    }

    private mutating func note(_ statistics: FeatureStatistics, name: String, _ modality: FeatureModality) {
        if statistics.nonFinite > 0 {
            let kinds = [
                (statistics.nan, "NaN"), (statistics.positiveInfinity, "inf"), (statistics.negativeInfinity, "-inf"),
            ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
            if modality == .text {
                warnings.append("\(name) has \(kinds): training refuses text that is not finite")
            } else {
                notes.append("\(name) has \(kinds): they become 0 when the file is loaded")
            }
        }
        if statistics.zeroSamples > 0 { notes.append("\(name): \(statistics.zeroSamples) samples are all zero") }
        if statistics.samplesLongerThanSaid > 0 {
            warnings.append(
                "\(name): \(statistics.samplesLongerThanSaid) samples go on after their \(name)_lengths: the lengths are "
                    + "wrong, or the padding is not zero and counts as frames")
        }
    }

    /// The lengths that the file gives the samples of a modality, where they are what they should be.
    private mutating func lengths(
        _ part: Dataset.Part, _ modality: FeatureModality, _ features: StoredFeatures, _ file: any ArrayFile
    ) throws(Diagnostic) -> [Int]? {
        let name = "\(part.rawValue)_\(modality.rawValue)_lengths"
        guard let value = try file.value(named: name) else { return nil }
        let numbers = value.numbers ?? StoredNumbers([])
        // Nothing is made of numbers before there is known to be one for each sample.
        let lengths = numbers.count == features.sampleCount ? numbers.compactMap { Int(exactly: $0) } : []
        guard lengths.count == features.sampleCount else {
            let found = numbers.count { Int(exactly: $0) != nil }
            warnings.append("\(name): \(found) whole numbers for \(features.sampleCount) samples")
            return nil
        }
        let bad = lengths.count { !(0...features.timeSteps).contains($0) }
        if bad > 0 {
            warnings.append("\(name): \(bad) lengths are not in 0...\(features.timeSteps), the time steps of the array")
        }
        return lengths
    }

    private mutating func addHistogram(_ name: String, _ numbers: StoredNumbers) {
        let finite = numbers.lazy.filter(\.isFinite)
        let count = finite.count { _ in true }
        let others = numbers.count { !$0.isFinite }
        if others > 0 { warnings.append("\(name): \(others) labels are not finite") }
        guard let smallest = finite.min(), let largest = finite.max() else { return }
        histograms.append(
            Histogram(
                name: name, counts: SentimentIntervals.fit(finite) ? SentimentIntervals.counts(finite) : Self.wholeCounts(finite),
                mean: finite.reduce(0, +) / Double(count), smallest: smallest, largest: largest))
    }

    private static func wholeCounts(_ labels: some Sequence<Double>) -> [(label: String, count: Int)] {
        var counts: [Double: Int] = [:]
        for label in labels { counts[min(max(label.rounded(.toNearestOrEven), -99), 99), default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { ("\(Int($0.key))", $0.value) }
    }

    // MARK: What is known to go wrong

    /// Rows of `text_bert`: the mask is the one of the last two with the larger sum.
    private mutating func checkTokens(_ part: Dataset.Part, _ file: any ArrayFile) throws(Diagnostic) {
        let name = "\(part.rawValue)_text_bert"
        guard case .array(let array)? = try file.value(named: name), case .number(let type) = array.element else { return }
        guard array.shape.count == 3, array.shape[1] == 3, array.elementCount > 0 else {
            warnings.append("\(name): expected [samples, 3, tokens], found \(array.shape)")
            return
        }
        var sums = tokenSums ?? [0, 0, 0]
        array.bytes.withUnsafeBytes { buffer in
            for sample in 0..<array.shape[0] {
                for row in 0..<3 {
                    for token in 0..<array.shape[2] {
                        let index = sample * array.strides[0] + row * array.strides[1] + token * array.strides[2]
                        sums[row] += type.number(in: buffer, at: index * type.byteWidth, isBigEndian: array.isBigEndian)
                    }
                }
            }
        }
        tokenSums = sums
    }

    private mutating func noteTokenOrder() {
        guard let sums = tokenSums else { return }
        if sums[1] >= sums[2] {
            notes.append("text_bert has the rows ids, mask, segments; dg uses the features of text instead")
        } else {
            warnings.append("text_bert has the rows ids, segments, mask, and not mask before segments; dg uses text instead")
        }
    }

    private mutating func checkIds(_ file: any ArrayFile) {
        var parts: [String: Dataset.Part] = [:]
        var repeated = 0
        var shared = 0
        for part in Dataset.Part.allCases {
            // Nothing is made of ids before there is known to be one for each sample.
            guard let count = sampleCounts[part],
                let value = try? file.value(named: "\(part.rawValue)_ids") ?? file.value(named: "\(part.rawValue)_id"),
                value.shape == [count]
            else { continue }
            for index in 0..<count {
                guard let id = value.text(at: index) else { break }
                if let other = parts[id] {
                    if other == part { repeated += 1 } else { shared += 1 }
                }
                parts[id] = part
            }
        }
        if repeated > 0 { warnings.append("\(repeated) ids stand twice in one part") }
        if shared > 0 { warnings.append("\(shared) ids stand in two parts: results on the test part may be too good") }
    }

    private mutating func checkNames(_ file: any ArrayFile) {
        let unknown = Set(file.names).subtracting(DatasetReader.knownNames).sorted()
        if !unknown.isEmpty { notes.append("not used: \(unknown.joined(separator: ", "))") }
    }

    /// Whether the file can be trained on, with either kind of labels.
    private mutating func checkUse(_ file: any ArrayFile) {
        var obstacles: [Diagnostic] = []
        for labels in Dataset.Labels.allCases {
            do throws(Diagnostic) {
                _ = try DatasetReader(file: file, labels: labels).dataset(.sizes)
                return
            } catch {
                obstacles.append(error)
            }
        }
        // Where the labels are of one kind, what that kind lacks is the reason, and not that the other kind is missing.
        obstacle = obstacles.first { $0.id != "dataset.missing" } ?? obstacles.first
        if let obstacle { warnings.append("no data set to train on: \(obstacle)") }
    }
}

extension StoredValue {
    fileprivate var shape: [Int]? {
        switch self {
        case .array(let array): array.shape
        case .texts(let texts): [texts.count]
        case .numbers(let numbers, _): [numbers.count]
        case .other: nil
        }
    }

    fileprivate var numbers: StoredNumbers? {
        switch self {
        case .array(let array): array.numbers
        case .numbers(let numbers, _): StoredNumbers(numbers)
        case .texts, .other: nil
        }
    }

    fileprivate func text(at index: Int) -> String? {
        switch self {
        case .array(let array): array.text(at: index)
        case .texts(let texts): texts[index]
        case .numbers, .other: nil
        }
    }
}
