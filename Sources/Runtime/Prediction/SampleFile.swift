import Data
import Graph

/// Samples outside any data set: the arrays `text`, `audio`, `vision`, and if they are known `ids` and `labels`.
public struct SampleFile {
    public let samples: Split
    public let hasLabels: Bool
    /// What reading changed.
    public let notes: [String]

    /// Whether a file has samples, and not the parts of a data set.
    public static func isOne(_ path: String) throws(Diagnostic) -> Bool { try tensors(path, onlyIfSamples: true) != nil }

    /// Features are [samples, time, features], or [time, features] for a single sample.
    public init(path: String) throws(Diagnostic) {
        let tensors = try Self.tensors(path, onlyIfSamples: false) ?? [:]
        var notes: [String] = []
        let text = try Self.features(.text, tensors, path, &notes)
        let audio = try Self.features(.audio, tensors, path, &notes)
        let vision = try Self.features(.vision, tensors, path, &notes)
        self.notes = notes
        samples = Split(
            text: text, audio: audio, vision: vision,
            labels: try Self.labels(tensors, count: text.sampleCount, path),
            ids: try Self.ids(tensors, count: text.sampleCount, path))
        hasLabels = tensors["labels"] != nil
        for modality in [FeatureModality.audio, .vision] where samples[modality].sampleCount != samples.sampleCount {
            throw Self.wrongCount(modality.rawValue, samples.sampleCount, samples[modality].sampleCount, path)
        }
    }

    private static func tensors(_ path: String, onlyIfSamples: Bool) throws(Diagnostic) -> [String: HostTensor]? {
        if path.lowercased().hasSuffix(".safetensors") {
            let tensors = try Safetensors.read(path: path)
            return onlyIfSamples && tensors["text"] == nil ? nil : tensors
        }
        guard path.lowercased().hasSuffix(".npz") else { return nil }
        let file = try NpzFile(path: path)
        if onlyIfSamples && !file.names.contains("text") { return nil }
        return try NpzFile.read(path: path)
    }

    private static func features(
        _ modality: FeatureModality, _ tensors: [String: HostTensor], _ path: String, _ notes: inout [String]
    ) throws(Diagnostic) -> FeatureBlock {
        let name = modality.rawValue
        guard let tensor = tensors[name] else {
            throw Diagnostic(
                "dataset.missing", "\(path): \(name)", "the file lacks an array", expected: name,
                found: tensors.keys.sorted().joined(separator: ", "))
        }
        guard ["f32", "f64"].contains(tensor.elementTypeName), var values = tensor.floats else {
            throw Diagnostic(
                "dataset.element-type", "\(path): \(name)", "features must be floating-point numbers", expected: "f32 or f64",
                found: tensor.elementTypeName)
        }
        let shape = tensor.shape.count == 2 ? [1] + tensor.shape : tensor.shape
        guard shape.count == 3, !shape.contains(0) else {
            throw Diagnostic(
                "dataset.rank", "\(path): \(name)", "features have the wrong shape",
                expected: "[samples, time, features], or [time, features] of one sample", found: "\(tensor.shape)")
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            guard modality != .text else {
                throw Diagnostic(
                    "dataset.text-value", "\(path): text", "a text feature is not finite", expected: "finite values",
                    found: "\(values[index])")
            }
            // As in data sets.
            notes.append("\(name): \(values.count { !$0.isFinite }) values that were not finite became 0")
            values = values.map { $0.isFinite ? $0 : 0 }
        }
        return FeatureBlock(sampleCount: shape[0], timeSteps: shape[1], featureWidth: shape[2], values: values)
    }

    private static func labels(_ tensors: [String: HostTensor], count: Int, _ path: String) throws(Diagnostic) -> [Float] {
        guard let tensor = tensors["labels"] else { return [Float](repeating: 0, count: count) }
        guard let labels = tensor.floats, labels.allSatisfy(\.isFinite) else {
            throw Diagnostic(
                "dataset.label", "\(path): labels", "labels must be finite numbers", expected: "numbers",
                found: tensor.elementTypeName)
        }
        guard labels.count == count else { throw wrongCount("labels", count, labels.count, path) }
        return labels
    }

    private static func ids(_ tensors: [String: HostTensor], count: Int, _ path: String) throws(Diagnostic) -> [String] {
        guard let tensor = tensors["ids"] else { return (0..<count).map { "\($0)" } }
        guard tensor.elementCount == count else { throw wrongCount("ids", count, tensor.elementCount, path) }
        switch tensor.storage {
        case .text(let texts): return texts
        case .i32(let numbers): return numbers.map { "\($0)" }
        case .i64(let numbers): return numbers.map { "\($0)" }
        case .f32, .f64, .bool:
            throw Diagnostic(
                "dataset.element-type", "\(path): ids", "ids must be texts or whole numbers", expected: "text, i32 or i64",
                found: tensor.elementTypeName)
        }
    }

    private static func wrongCount(_ name: String, _ expected: Int, _ found: Int, _ path: String) -> Diagnostic {
        Diagnostic(
            "dataset.sample-count", "\(path): \(name)", "all arrays must have the same number of samples",
            expected: "\(expected), as in text", found: "\(found)")
    }
}
