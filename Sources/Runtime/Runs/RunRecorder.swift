import Data
import Foundation
import Graph

/// Writes a training into its run's folder, and finds its way back from there.
public struct RunRecorder {
    private let folder: String
    private let log: MetricsLog
    private let metricNames: [String]
    private let metadata: [String: String]
    private let optimizer: [(name: String, type: TensorType)]

    public init(_ folder: RunFolder, _ description: RunDescription, _ bundle: PlanBundle) {
        self.folder = folder.path
        log = MetricsLog(folder: folder.path, options: description.options)
        metricNames = bundle.manifest.training?.metricFamily.metricNames ?? []
        metadata = ["format": "dg", "model": bundle.manifest.model, "seed": "\(description.options.seed)"]
        optimizer = bundle.manifest.entries.firstIndex { $0.kind == .train }
            .map { TrainingMemory.stateTensors(of: bundle.programs[$0]) } ?? []
    }

    private var state: StateFile { StateFile(path: RunFile.state.path(in: folder)) }

    private func path(_ file: RunFile) -> String { file.path(in: folder) }

    /// Begins the files that grow.
    public func begin() throws(Diagnostic) { try log.begin(metricNames: metricNames) }

    /// Brings all files to what the state says and returns the state to go on from.
    ///
    /// - Parameter start: the state before the first step, for a run that has not come further.
    public func resume(_ start: TrainingState) throws(Diagnostic) -> TrainingState {
        for file in RunFile.allCases { AtomicFile.removeUnfinished(path(file)) }
        guard let state = try state.read(start, optimizer: optimizer) else {
            try checkNothingWasSaved()
            try begin()
            return start
        }
        try log.keep(epochs: state.epochs)
        try writeWeights(state)
        return state
    }

    /// A run may lack its state only if it broke off before there was one; else it would begin again from nothing.
    ///
    /// An epoch's record stands in the metrics before its state is written.
    private func checkNothingWasSaved() throws(Diagnostic) {
        let epochs = try log.epochs()
        guard epochs > 1 || !FilePresence.isAbsent(path(.last)) || !FilePresence.isAbsent(path(.best)) else { return }
        throw Diagnostic(
            "state.missing", path(.state), "the file is missing, though the run has saved epochs",
            expected: "the state after epoch \(max(epochs - 1, 1)) or a later one", found: "no file")
    }

    /// The result, if the run is over.
    public func result() throws(Diagnostic) -> RunResult? {
        guard !FilePresence.isAbsent(path(.result)) else { return nil }
        return try RunResult(file: path(.result), metricNames: metricNames)
    }

    public func record(_ epoch: Trainer.Epoch, _ state: TrainingState) throws(Diagnostic) {
        try log.append(epoch)
        try self.state.write(state)
        try writeWeights(state, best: epoch.isBest)
    }

    /// Saves a state in the middle of an epoch.
    public func record(_ state: TrainingState) throws(Diagnostic) { try self.state.write(state) }

    /// Writes the result, with the time of all epochs, those before a resumption, too.
    ///
    /// - Returns: the result as it was written.
    public func finish(_ found: Trainer.Result) throws(Diagnostic) -> RunResult {
        var result = RunResult(found)
        result.seconds = try log.seconds() + found.testSeconds
        try log.append(result)
        try AtomicFile.write(Array((result.json + "\n").utf8), to: path(.result))
        return result
    }

    /// Writes the weights as other programs read them.
    private func writeWeights(_ state: TrainingState, best writesBest: Bool = true) throws(Diagnostic) {
        // In the middle of an epoch the last epoch's weights are in the file already.
        if state.epochs > 0 && state.begun.totals.isEmpty {
            try Safetensors.write(state.parameters, metadata: metadata(epoch: state.epochs), to: path(.last))
        }
        if writesBest, let epoch = state.stopping.bestEpoch {
            try Safetensors.write(state.bestParameters, metadata: metadata(epoch: epoch), to: path(.best))
        }
    }

    private func metadata(epoch: Int) -> [String: String] { metadata.merging(["epoch": "\(epoch)"]) { $1 } }
}
