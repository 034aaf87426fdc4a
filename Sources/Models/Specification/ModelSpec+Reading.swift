import Foundation
import Graph

extension ModelSpec {
    /// Reads a specification.
    ///
    /// - Parameter overrides: `key=value` texts that replace or add members; a value is JSON, or else a plain text.
    public init(reading document: JSONDocument, overrides: [String] = []) throws(Diagnostic) {
        let source = try SpecSource(document, overrides: overrides)
        try source.checkKeys()
        self.init()
        for key in SpecKey.unused where source.members[key] != nil {
            notes.append("`\(key)` is accepted and has no effect")
        }
        for key in SpecKey.all {
            guard let value = source.members[key.name], !(key.nullable && value == .null) else { continue }
            do throws(SpecKey.Violation) {
                try key.read(value, &self)
            } catch {
                throw source.failure(error, key: key.name)
            }
        }
        try complete(source)
        try check(source)
    }

    /// Reads a specification from the bytes of a file.
    public init(json bytes: [UInt8], file: String, overrides: [String] = []) throws(Diagnostic) {
        try self.init(reading: JSONDocument(bytes, file: file), overrides: overrides)
    }

    /// The same specification with some keys changed and everything checked again.
    public func applying(_ overrides: [String]) throws(Diagnostic) -> ModelSpec {
        var changed = try ModelSpec(json: Array(resolvedJSON.utf8), file: "specification", overrides: overrides)
        changed.notes = notes + changed.notes.filter { !notes.contains($0) }
        return changed
    }

    /// The same specification for data with these sequence lengths, one for each modality: where they are not those that it
    /// gives, the data's are used, with a note.
    public func fitting(sequenceLengths found: [Int]) throws(Diagnostic) -> ModelSpec {
        guard let written = features.sequenceLengths?.all, written != found else { return self }
        var changed = try applying(["seq_lens=\(found)"])
        changed.notes.append("`seq_lens` is \(written) in the specification and \(found) in the data: the data's are used")
        return changed
    }

    /// Reads a specification from a file, or the built-in one of that name where there is no such file.
    public static func load(_ pathOrPreset: String, overrides: [String] = []) throws(Diagnostic) -> ModelSpec {
        if presetNames.contains(pathOrPreset), !FileManager.default.fileExists(atPath: pathOrPreset) {
            return try preset(named: pathOrPreset, overrides: overrides)
        }
        return try ModelSpec(json: contents(of: pathOrPreset), file: pathOrPreset, overrides: overrides)
    }

    private static func contents(of path: String) throws(Diagnostic) -> [UInt8] {
        let largest = 1 << 24
        var isDirectory = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else {
            throw Diagnostic(
                "spec.missing-file", path, "there is no such specification file",
                expected: "a JSON file, or one of " + presetNames.joined(separator: ", "))
        }
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            let bytes = try file.read(upToCount: largest + 1) ?? Data()
            guard bytes.count <= largest else {
                throw Diagnostic(
                    "spec.size", path, "the file is too large for a specification",
                    expected: "at most \(largest) bytes")
            }
            return Array(bytes)
        } catch let diagnostic as Diagnostic {
            throw diagnostic
        } catch {
            throw Diagnostic(
                "spec.unreadable", path, "the specification file cannot be read", found: error.localizedDescription)
        }
    }

    /// Every key with its value, sorted: reading it gives this specification again.
    public var resolved: JSONValue {
        var members: [String: JSONValue] = [:]
        for key in SpecKey.all { members[key.name] = key.write(self) }
        return .object(members)
    }

    /// `resolved` as text.
    public var resolvedJSON: String { resolved.prettyPrinted + "\n" }
}

// MARK: Defaults and checks that involve several keys

extension ModelSpec {
    private mutating func complete(_ source: SpecSource) throws(Diagnostic) {
        if !source.gives("train_mode"), dataset == .iemocap { objective.trainMode = .classification }
        if objective.trainMode == .classification, objective.classCount == nil {
            guard dataset == .iemocap else {
                throw source.missing("num_classes", "classification needs the number of classes")
            }
            objective.classCount = 6
        }
        if !source.gives("pde_dim") { architecture.distributionWidth = architecture.width }
        let metric = objective.trainMode == .classification ? Metric.weightedF1 : .taskLoss
        if !source.gives("selection_metric") { training.selectionMetric = metric }
        if !source.gives("scheduler_metric") { training.schedulerMetric = metric }
        if !source.gives("selection_mode") { training.selectionGoal = training.selectionMetric.goal }
        if !source.gives("scheduler_mode") { training.schedulerGoal = training.schedulerMetric.goal }
    }

    private func check(_ source: SpecSource) throws(Diagnostic) {
        let (width, heads) = (architecture.width, architecture.headCount)
        guard width % heads == 0 else {
            throw source.failure(
                "spec.heads", key: "dst_feature_dim_nheads", "the number of heads divides the width",
                expected: "a divisor of \(width)", found: "\(heads)")
        }
        if let dimensions = features.dimensions, let lengths = features.sequenceLengths {
            for modality in Modality.allCases {
                let (dimension, length) = (dimensions[modality], lengths[modality])
                guard architecture.kernelFits(modality, dimension: dimension, length: length) else {
                    throw source.failure(
                        "spec.kernel", key: "conv1d_kernel_size_\(modality.letter)",
                        "the kernel is at most as long as the \(modality.rawValue) sequence",
                        expected: "1...\(length)", found: "\(architecture.kernelSizes[modality])")
                }
            }
        }
        for (key, metric) in [
            ("selection_metric", training.selectionMetric), ("scheduler_metric", training.schedulerMetric),
        ] {
            guard metrics.contains(metric) else {
                throw source.failure(
                    "spec.metric", key: key, "the data set's evaluation does not report this metric",
                    expected: "one of " + metrics.map(\.rawValue).joined(separator: ", "), found: metric.rawValue)
            }
        }
    }
}
