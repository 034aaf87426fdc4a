import Data
import Foundation
import Graph

/// A training state as one safetensors file, replaced as a whole: weights and moments of two epochs never stand together.
///
/// Tensors are `param.NAME`, `adam.…`, `best.NAME`, and the losses of the epoch that has begun. The metadata have the
/// numbers, and a checksum over everything.
package struct StateFile {
    let path: String

    private static let format = "dg training state 1"
    private static let formatKey = "format"
    private static let progressKey = "progress"
    private static let checksumKey = "checksum"
    private static let parameterPrefix = "param."
    private static let bestPrefix = "best."
    private static let losses = "begun.losses"
    private static let componentSums = "begun.components"

    /// The numbers of a state.
    private struct Progress: Codable {
        var epochs: Int
        var steps: Int
        var schedule: LearningRateSchedule
        var stopping: EarlyStopping
    }

    // MARK: Writing

    func write(_ state: TrainingState) throws(Diagnostic) {
        var tensors = state.optimizer
        for (name, tensor) in state.parameters { tensors[Self.parameterPrefix + name] = tensor }
        for (name, tensor) in state.best ?? [:] { tensors[Self.bestPrefix + name] = tensor }
        if !state.begun.totals.isEmpty {
            tensors[Self.losses] = HostTensor(shape: [state.begun.totals.count], doubles: state.begun.totals)
            tensors[Self.componentSums] = HostTensor(
                shape: [state.begun.componentSums.count], doubles: state.begun.componentSums)
        }
        var metadata = [Self.formatKey: Self.format, Self.progressKey: try progressText(of: state)]
        metadata[Self.checksumKey] = Self.checksum(tensors, metadata)
        try Safetensors.write(tensors, metadata: metadata, to: path)
    }

    private func progressText(of state: TrainingState) throws(Diagnostic) -> String {
        let progress = Progress(
            epochs: state.epochs, steps: state.steps, schedule: state.schedule, stopping: state.stopping)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        do {
            return String(decoding: try encoder.encode(progress), as: UTF8.self)
        } catch {
            throw Diagnostic("state.progress", path, "the state cannot be written: \(error)", kind: .compilerBug)
        }
    }

    /// Over names, shapes, elements and metadata, in an order that does not depend on the file's.
    private static func checksum(_ tensors: [String: HostTensor], _ metadata: [String: String]) -> String {
        var sum = Checksum()
        for (key, text) in metadata.sorted(by: { $0.key < $1.key }) where key != checksumKey { sum.append("\(key)=\(text)\n") }
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            sum.append("\(name) ")
            sum.append(tensor)
        }
        return sum.text
    }

    // MARK: Reading

    /// Reads and checks a state; nil where there is no file.
    ///
    /// - Parameter start: a state before the first step of the same training.
    /// - Throws: `state.format`, `state.checksum`, `state.tensor`, `state.progress`, or what the safetensors reader throws.
    func read(_ start: TrainingState, optimizer: [(name: String, type: TensorType)]) throws(Diagnostic) -> TrainingState? {
        guard !FilePresence.isAbsent(path) else { return nil }
        let contents = try Safetensors.readContents(path: path)
        try check(contents)
        return try decode(contents, start, optimizer)
    }

    private func decode(
        _ contents: Safetensors.Contents, _ start: TrainingState, _ optimizer: [(name: String, type: TensorType)]
    ) throws(Diagnostic) -> TrainingState {
        var state = start
        let progress = try progress(contents.metadata, start)
        (state.epochs, state.steps) = (progress.epochs, progress.steps)
        (state.schedule, state.stopping) = (progress.schedule, progress.stopping)
        var tensors = contents.tensors
        state.parameters = try take(Self.parameterPrefix, start.parameters.mapValues(\.shape), from: &tensors)
        let moments = Dictionary(optimizer.map { ($0.name, $0.type.shape.dimensions) }) { first, _ in first }
        state.optimizer = try take("", moments, from: &tensors)
        if tensors.keys.contains(where: { $0.hasPrefix(Self.bestPrefix) }) {
            state.best = try take(Self.bestPrefix, start.parameters.mapValues(\.shape), from: &tensors)
        }
        if let totals = tensors.removeValue(forKey: Self.losses)?.doubles {
            let sums = tensors.removeValue(forKey: Self.componentSums)?.doubles
            guard let sums, sums.count == LossRecord.componentNames.count, !totals.isEmpty else {
                throw wrongTensor(Self.componentSums)
            }
            (state.begun.totals, state.begun.componentSums) = (totals, sums)
        }
        if let unknown = tensors.keys.sorted().first {
            throw Diagnostic(
                "state.tensor", "\(path): \(unknown)", "the plan has no such tensor", expected: "only the plan's tensors")
        }
        return state
    }

    /// Reads a file as if its checksum were right, which whoever writes one can compute, and the parameters those of the training.
    package static func decode(path: String, of configuration: TrainingConfiguration) throws(Diagnostic) -> TrainingState {
        let contents = try Safetensors.readContents(path: path)
        var start = TrainingState(configuration, parameters: [:])
        var optimizer: [(name: String, type: TensorType)] = []
        for (name, tensor) in contents.tensors {
            if name.hasPrefix(parameterPrefix) { start.parameters[String(name.dropFirst(parameterPrefix.count))] = tensor }
            if name.hasPrefix("adam.") { optimizer.append((name, TensorType(.f32, Shape(tensor.shape)))) }
        }
        return try StateFile(path: path).decode(contents, start, optimizer)
    }

    /// Reads a file as far as that can be done without the plan that it belongs to.
    package static func check(path: String) throws(Diagnostic) {
        try StateFile(path: path).check(Safetensors.readContents(path: path))
    }

    private func check(_ contents: Safetensors.Contents) throws(Diagnostic) {
        let format = contents.metadata[Self.formatKey]
        guard format == Self.format else {
            throw Diagnostic(
                "state.format", path, "the file is no training state", expected: Self.format, found: format ?? "nothing")
        }
        let expected = contents.metadata[Self.checksumKey]
        let found = Self.checksum(contents.tensors, contents.metadata)
        guard expected == found else {
            throw Diagnostic(
                "state.checksum", path, "the file is damaged: its checksum is not that of its contents",
                expected: expected ?? "a checksum", found: found)
        }
    }

    private func progress(_ metadata: [String: String], _ start: TrainingState) throws(Diagnostic) -> Progress {
        let text = Foundation.Data((metadata[Self.progressKey] ?? "").utf8)
        guard let progress = try? JSONDecoder().decode(Progress.self, from: text),
            (0...1_000_000).contains(progress.epochs), (0...(Int.max / 2)).contains(progress.steps),
            progress.schedule.continues(start.schedule, epochs: progress.epochs),
            progress.stopping.continues(start.stopping, epochs: progress.epochs)
        else {
            throw Diagnostic(
                "state.progress", path, "the state's numbers are not those of this training",
                expected: "counts, schedule and selection", found: metadata[Self.progressKey] ?? "nothing")
        }
        return progress
    }

    /// Removes tensors of these names and shapes and returns them without the prefix.
    private func take(
        _ prefix: String, _ shapes: [String: [Int]], from tensors: inout [String: HostTensor]
    ) throws(Diagnostic) -> [String: HostTensor] {
        var taken: [String: HostTensor] = [:]
        for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
            guard let tensor = tensors.removeValue(forKey: prefix + name), tensor.shape == shape, tensor.elementTypeName == "f32"
            else { throw wrongTensor(prefix + name, expected: "f32 \(shape)") }
            taken[name] = tensor
        }
        return taken
    }

    private func wrongTensor(_ name: String, expected: String? = nil) -> Diagnostic {
        Diagnostic("state.tensor", "\(path): \(name)", "the tensor is missing, or has another shape or type", expected: expected)
    }
}
