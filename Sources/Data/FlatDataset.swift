import Graph

/// Data sets in one npz file with the arrays `{train,valid,test}_{text,audio,vision,labels,ids}`.
///
/// Features are [samples, time, features], or [samples, features] for one time step; labels are [samples] or
/// [samples, 1]; ids are optional. Other arrays are left out, with a note.
public enum FlatDataset {
    private static let labelsName = "labels"
    private static let idsName = "ids"

    /// Loads and checks a data set; see `Dataset.clean` for values that are not finite.
    public static func load(path: String) throws(Diagnostic) -> Dataset {
        let file = try NpzFile(path: path)
        var dataset = Dataset(
            train: try split(.train, of: file), valid: try split(.valid, of: file), test: try split(.test, of: file))
        let unused = Set(file.names).subtracting(knownNames).sorted()
        if !unused.isEmpty { dataset.notes.append("arrays that are not used: \(unused.joined(separator: ", "))") }
        try dataset.clean(file: path)
        return dataset
    }

    /// Writes a data set so that `load` gives it back.
    public static func write(_ dataset: Dataset, to path: String) throws(Diagnostic) {
        var tensors: [String: HostTensor] = [:]
        for part in Dataset.Part.allCases {
            let split = dataset[part]
            for modality in FeatureModality.allCases {
                tensors["\(part.rawValue)_\(modality.rawValue)"] = HostTensor(
                    shape: split[modality].shape, floats: split[modality].values)
            }
            tensors["\(part.rawValue)_\(labelsName)"] = HostTensor(shape: [split.labels.count], floats: split.labels)
            tensors["\(part.rawValue)_\(idsName)"] = HostTensor(shape: [split.ids.count], texts: split.ids)
        }
        try NpzFile.write(tensors, to: path)
    }

    private static var knownNames: [String] {
        let names = FeatureModality.allCases.map(\.rawValue) + [labelsName, idsName]
        return Dataset.Part.allCases.flatMap { part in names.map { "\(part.rawValue)_\($0)" } }
    }

    private static func split(_ part: Dataset.Part, of file: NpzFile) throws(Diagnostic) -> Split {
        let text = try features(.text, part, file)
        let audio = try features(.audio, part, file)
        let vision = try features(.vision, part, file)
        let labels = try labels(part, file)
        let ids = try ids(part, file, count: labels.count)
        return Split(text: text, audio: audio, vision: vision, labels: labels, ids: ids)
    }

    private static func required(_ name: String, _ file: NpzFile) throws(Diagnostic) -> HostTensor {
        if let tensor = try file.tensor(named: name) { return tensor }
        throw Diagnostic(
            "dataset.missing", "\(file.path): \(name)", "the data set lacks an array",
            expected: name, found: file.names.joined(separator: ", "))
    }

    private static func features(
        _ modality: FeatureModality, _ part: Dataset.Part, _ file: NpzFile
    ) throws(Diagnostic) -> FeatureBlock {
        let name = "\(part.rawValue)_\(modality.rawValue)"
        let tensor = try required(name, file)
        let values: [Float]
        switch tensor.storage {
        case .f32(let floats): values = floats
        case .f64(let doubles): values = doubles.map { Float($0) }
        case .i32, .i64, .bool, .text:
            throw Diagnostic(
                "dataset.element-type", "\(file.path): \(name)", "features must be floating-point numbers",
                expected: "f32 or f64", found: tensor.elementTypeName)
        }
        let shape = tensor.shape
        switch shape.count {
        case 2: return FeatureBlock(sampleCount: shape[0], timeSteps: 1, featureWidth: shape[1], values: values)
        case 3: return FeatureBlock(sampleCount: shape[0], timeSteps: shape[1], featureWidth: shape[2], values: values)
        default:
            throw Diagnostic(
                "dataset.rank", "\(file.path): \(name)", "features have the wrong rank",
                expected: "[samples, time, features] or [samples, features]", found: "\(shape)")
        }
    }

    private static func labels(_ part: Dataset.Part, _ file: NpzFile) throws(Diagnostic) -> [Float] {
        let name = "\(part.rawValue)_\(labelsName)"
        let tensor = try required(name, file)
        guard tensor.shape.count == 1 || (tensor.shape.count == 2 && tensor.shape[1] == 1) else {
            throw Diagnostic(
                "dataset.rank", "\(file.path): \(name)", "labels have the wrong shape",
                expected: "[samples] or [samples, 1]", found: "\(tensor.shape)")
        }
        switch tensor.storage {
        case .f32, .f64, .i32, .i64: return tensor.floats ?? []
        case .bool, .text:
            throw Diagnostic(
                "dataset.element-type", "\(file.path): \(name)", "labels must be numbers",
                expected: "f32, f64, i32 or i64", found: tensor.elementTypeName)
        }
    }

    private static func ids(_ part: Dataset.Part, _ file: NpzFile, count: Int) throws(Diagnostic) -> [String] {
        let name = "\(part.rawValue)_\(idsName)"
        guard let tensor = try file.tensor(named: name) else { return (0..<count).map { "\($0)" } }
        guard tensor.shape.count == 1 else {
            throw Diagnostic(
                "dataset.rank", "\(file.path): \(name)", "ids have the wrong shape",
                expected: "[samples]", found: "\(tensor.shape)")
        }
        switch tensor.storage {
        case .text(let texts): return texts
        case .i32(let numbers): return numbers.map { "\($0)" }
        case .i64(let numbers): return numbers.map { "\($0)" }
        case .f32, .f64, .bool:
            throw Diagnostic(
                "dataset.element-type", "\(file.path): \(name)", "ids must be texts or whole numbers",
                expected: "text, i32 or i64", found: tensor.elementTypeName)
        }
    }
}
