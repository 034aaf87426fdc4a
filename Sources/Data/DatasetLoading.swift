import Graph

extension Dataset {
    /// Which of a file's labels the model learns.
    public enum Labels: String, Sendable, Hashable, CaseIterable {
        case regression
        case classification

        /// The names of arrays that may hold them, the first one there is.
        var names: [String] { ["labels", "\(rawValue)_labels"] }
    }

    /// How much of the values is looked at when a file is opened.
    public enum Reading: Sendable, Hashable {
        /// Shapes, labels and ids only: as good as nothing is read of a large file.
        case sizes
        /// All values are checked, as training needs it.
        case samples
    }

    /// Opens and checks a data set in npz, MMSA's pickle, or safetensors form.
    ///
    /// The arrays are `{train,valid,test}_{text,audio,vision}`, [samples, time, features] or [samples, features] of f32 or
    /// f64; `_labels`, or `_regression_labels` and `_classification_labels`, [samples] or [samples, 1]; `_ids` or `_id`,
    /// which are optional. Features stay in the file, mapped into memory, unless they are compressed. See `clean` for values
    /// that are not finite.
    public static func load(
        path: String, labels: Labels = .regression, reading: Reading = .samples
    ) throws(Diagnostic) -> Dataset {
        try DatasetReader(file: DataFormat.open(path, isVerified: reading == .samples), labels: labels).dataset(reading)
    }
}

/// Takes a file's arrays for the samples of a data set.
struct DatasetReader {
    let file: any ArrayFile
    let labels: Dataset.Labels

    private static let idNames = ["ids", "id"]
    /// What files of the field have beside; nobody has to be told that it is not used.
    static let otherNames = [
        "raw_text", "text_bert", "annotations", "audio_lengths", "vision_lengths", "text_lengths",
    ] + ["T", "A", "V"].map { "regression_labels_\($0)" }

    /// All arrays that samples are made of.
    static var sampleNames: [String] {
        names(FeatureModality.allCases.map(\.rawValue) + ["labels", "regression_labels", "classification_labels"] + idNames)
    }

    static var knownNames: [String] { sampleNames + names(otherNames) + ["config", "align"] }

    private static func names(_ names: [String]) -> [String] {
        Dataset.Part.allCases.flatMap { part in names.map { "\(part.rawValue)_\($0)" } }
    }

    func dataset(_ reading: Dataset.Reading) throws(Diagnostic) -> Dataset {
        var dataset = Dataset(train: try split(.train), valid: try split(.valid), test: try split(.test))
        let unused = Set(file.names).subtracting(Self.knownNames).sorted()
        if !unused.isEmpty { dataset.notes.append("arrays that are not used: \(unused.joined(separator: ", "))") }
        try dataset.checkStructure(file: file.path) { part in labelName(part) }
        if reading == .samples { try dataset.clean(file: file.path) }
        return dataset
    }

    /// The array that a part's labels come from.
    private func labelName(_ part: Dataset.Part) -> String {
        let names = labels.names.map { "\(part.rawValue)_\($0)" }
        return names.first(where: Set(file.names).contains) ?? names[0]
    }

    func split(_ part: Dataset.Part) throws(Diagnostic) -> Split {
        let text = try features(.text, part)
        try Split.checkSamples(text, subject("\(part.rawValue)_text"))
        let audio = try features(.audio, part)
        let vision = try features(.vision, part)
        let labels = try labels(part, count: text.sampleCount)
        return Split(text: text, audio: audio, vision: vision, labels: labels, ids: try ids(part, count: labels.count))
    }

    private func subject(_ name: String) -> String { "\(file.path): \(name)" }

    /// The first of several names that the file has.
    private func value(_ part: Dataset.Part, _ names: [String]) throws(Diagnostic) -> (name: String, value: StoredValue)? {
        for name in names {
            let name = "\(part.rawValue)_\(name)"
            if let value = try file.value(named: name) { return (name, value) }
        }
        return nil
    }

    private func required(
        _ part: Dataset.Part, _ names: [String]
    ) throws(Diagnostic) -> (name: String, value: StoredValue) {
        if let found = try value(part, names) { return found }
        let names = names.map { "\(part.rawValue)_\($0)" }
        throw Diagnostic(
            "dataset.missing", subject(names[0]), "the data set lacks an array",
            expected: names.joined(separator: " or "), found: Self.listed(file.names))
    }

    /// Names for a message, which need not be all.
    private static func listed(_ names: [String]) -> String {
        let most = 30
        let shown = names.prefix(most).joined(separator: ", ")
        return names.count > most ? "\(shown), … (\(names.count) in all)" : names.isEmpty ? "nothing" : shown
    }

    func features(_ modality: FeatureModality, _ part: Dataset.Part) throws(Diagnostic) -> FeatureBlock {
        let (name, value) = try required(part, [modality.rawValue])
        guard case .array(let array) = value, case .number(let type) = array.element, type == .f32 || type == .f64 else {
            throw Diagnostic(
                "dataset.element-type", subject(name), "features must be floating-point numbers",
                expected: "f32 or f64", found: value.elementName)
        }
        guard let source = StoredFeatures(array) else {
            throw Diagnostic(
                "dataset.rank", subject(name), "features have the wrong rank",
                expected: "[samples, time, features] or [samples, features]", found: "\(array.shape)")
        }
        return FeatureBlock(source)
    }

    func labels(_ part: Dataset.Part, count: Int) throws(Diagnostic) -> [Float] {
        let (name, value) = try required(part, labels.names)
        return try labels(value, name, part, count)
    }

    /// Says so before anything is made of an array that, a few bytes when it is compressed, may have any number of elements.
    private func checkCount(of array: StoredArray, _ name: String, _ part: Dataset.Part, _ count: Int) throws(Diagnostic) {
        guard array.shape[0] == count else { throw Split.wrongSampleCount(subject(name), part, expected: count, found: array.shape[0]) }
    }

    /// All labels that the file has for a part of so many samples, by the names that they have there without the part.
    func allLabels(_ part: Dataset.Part, count: Int) throws(Diagnostic) -> [(name: String, values: [Float])] {
        var all: [(name: String, values: [Float])] = []
        for name in ["labels", "regression_labels", "classification_labels"] {
            guard let (found, value) = try value(part, [name]) else { continue }
            all.append((name, try labels(value, found, part, count)))
        }
        return all
    }

    private func labels(
        _ value: StoredValue, _ name: String, _ part: Dataset.Part, _ count: Int
    ) throws(Diagnostic) -> [Float] {
        switch value {
        case .numbers(let numbers, _): return numbers.map { Float($0) }
        case .array(let array) where array.element.isLabel:
            guard array.shape.count == 1 || (array.shape.count == 2 && array.shape[1] == 1) else {
                throw Diagnostic(
                    "dataset.rank", subject(name), "labels have the wrong shape",
                    expected: "[samples] or [samples, 1]", found: "\(array.shape)")
            }
            try checkCount(of: array, name, part, count)
            return array.numbers?.map { Float($0) } ?? []
        case .array, .texts, .other:
            throw Diagnostic(
                "dataset.element-type", subject(name), "labels must be numbers",
                expected: "f32, f64 or whole numbers", found: value.elementName)
        }
    }

    private static func id(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }

    private func ids(_ part: Dataset.Part, count: Int) throws(Diagnostic) -> [String] {
        guard let (name, value) = try value(part, Self.idNames) else { return (0..<count).map { "\($0)" } }
        switch value {
        case .texts(let texts): return texts
        case .numbers(let numbers, areWhole: true): return numbers.map(Self.id)
        case .array(let array):
            guard array.shape.count == 1 else {
                throw Diagnostic(
                    "dataset.rank", subject(name), "ids have the wrong shape", expected: "[samples]", found: "\(array.shape)")
            }
            try checkCount(of: array, name, part, count)
            if let texts = try array.texts(subject: subject(name)) { return texts }
            if case .number(let type) = array.element, type.isWhole { return array.numbers?.map(Self.id) ?? [] }
        case .numbers, .other: break
        }
        throw Diagnostic(
            "dataset.element-type", subject(name), "ids must be texts or whole numbers",
            expected: "text, or whole numbers", found: value.elementName)
    }
}

extension StoredValue {
    /// What its elements are, for messages.
    var elementName: String {
        switch self {
        case .array(let array): array.element.name
        case .texts: "text"
        case .numbers(_, let areWhole): areWhole ? "whole numbers" : "numbers"
        case .other(let words): words
        }
    }
}

extension StoredElement {
    /// Truth values are no labels: they would be taken for a sentiment of 0 or 1.
    fileprivate var isLabel: Bool {
        switch self {
        case .number(let type): type != .bool
        case .unicode, .bytes: false
        }
    }
}
