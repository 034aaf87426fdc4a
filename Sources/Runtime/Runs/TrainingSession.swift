import Data
import Graph

/// A plan and a data set, ready for trainings one after the other.
public struct TrainingSession {
    public let bundle: PlanBundle
    public let configuration: TrainingConfiguration
    private let runner: BatchRunner
    private let dataset: Dataset

    /// What reading the data changed or left out.
    public var notes: [String] { dataset.notes }

    /// Loads and prepares the data and checks that the plan can train on them.
    public init(_ bundle: PlanBundle, _ entries: EntryRunner, data: String) throws(Diagnostic) {
        guard let training = bundle.manifest.training else {
            throw Diagnostic(
                "plan.kind", bundle.path, "the plan holds a plain graph and cannot be trained",
                expected: "a plan of a specification")
        }
        self.bundle = bundle
        configuration = training
        runner = BatchRunner(bundle, entries, file: data)
        let loaded = try Dataset.load(path: data, labels: training.labels)
        try runner.check(loaded)
        dataset = try training.prepare(loaded)
        try Trainer(runner, options: Trainer.Options(seed: training.seed, epochs: training.epochs)).check(dataset)
    }

    /// Trains, or goes on with a training, and writes everything into its folder.
    ///
    /// - Parameter isResumed: whether the folder has the run already.
    /// - Returns: nil where the report asked to stop; the run can then be resumed.
    public func train(
        in folder: RunFolder, _ description: RunDescription, isResumed: Bool, report: some TrainingReport
    ) throws(Diagnostic) -> RunResult? {
        let recorder = RunRecorder(folder, description, bundle)
        if isResumed, let result = try recorder.result() { return result }
        let options = description.options
        var trainerOptions = Trainer.Options(seed: options.seed, epochs: options.epochs)
        trainerOptions.shuffle = options.shuffle
        trainerOptions.selection = Trainer.Selection(rawValue: options.selection) ?? .best
        let trainer = try Trainer(runner, options: trainerOptions)
        var state = trainer.start(from: try firstValues(options))
        if isResumed {
            state = try recorder.resume(state)
            report.show(resumedFrom: state)
        } else {
            try recorder.begin()
        }
        let observer = RecordedTraining(recorder: recorder, report: report)
        guard let result = try trainer.run(dataset, from: state, observer: observer) else { return nil }
        return try recorder.finish(result)
    }

    /// Checks the file of first values, if there is one.
    public func check(_ options: RunDescription.Options) throws(Diagnostic) { _ = try firstValues(options) }

    private func firstValues(_ options: RunDescription.Options) throws(Diagnostic) -> [String: HostTensor] {
        let store = ParameterStore(bundle.manifest)
        guard let file = options.initial?.path else { return store.initialValues(seed: options.seed) }
        let values = try store.matching(Safetensors.read(path: file), file: file)
        try store.checkFinite(values, file: file)
        return values
    }
}

/// Who shows a training to people, and hears when they want it to stop.
public protocol TrainingReport {
    func show(resumedFrom state: TrainingState)
    func show(_ step: Trainer.Step)
    func show(_ epoch: Trainer.Epoch)
    /// What has been trained is saved; where it stands is in the state.
    func show(stoppedAt state: TrainingState)
    var wantsToStop: Bool { get }
}

/// Writes a training into its folder, and shows it.
private struct RecordedTraining<Report: TrainingReport>: TrainingObserver {
    let recorder: RunRecorder
    let report: Report

    var wantsToStop: Bool { report.wantsToStop }

    func observe(step: Trainer.Step) { report.show(step) }

    func observe(epoch: Trainer.Epoch, _ state: TrainingState) throws(Diagnostic) {
        try recorder.record(epoch, state)
        report.show(epoch)
        if report.wantsToStop { report.show(stoppedAt: state) }
    }

    func observe(stoppedAt state: TrainingState) throws(Diagnostic) {
        try recorder.record(state)
        report.show(stoppedAt: state)
    }
}
