import Data
import Foundation
import Graph

/// The training loop: shuffled batches, evaluation after every epoch, schedule, early stopping, best checkpoint.
public struct Trainer {
    public struct Options: Sendable {
        public var seed: Int
        public var epochs: Int
        public var shuffle = true
        public var selection = Selection.best
        public init(seed: Int, epochs: Int) {
            self.seed = seed
            self.epochs = epochs
        }
    }

    /// Which epoch's parameters are tested.
    public enum Selection: String, Sendable, CaseIterable {
        /// The one with the best selection metric on the validation part.
        case best
        /// The last one, for a fixed number of epochs: nothing stops early.
        case last
    }

    /// What happened in one epoch.
    public struct Epoch: Sendable {
        public var number: Int
        /// The mean of the batches' total losses.
        public var trainLoss: Double
        /// Loss by name, averaged over the batches.
        public var components: [(name: String, value: Double)]
        public var stepLosses: [Double]
        public var valid: Evaluation
        /// What this epoch was trained with.
        public var learningRate: Double
        /// What the schedule says for the next epoch.
        public var nextLearningRate: Double
        public var isBest: Bool
        public var seconds: Double
    }

    /// Where training stands within an epoch.
    public struct Step: Sendable {
        public var epoch: Int
        public var mostEpochs: Int
        /// Within the epoch, from one.
        public var number: Int
        public var count: Int
        public var loss: Double
    }

    public struct Result: Sendable {
        public var test: Evaluation
        public var epochs: Int
        public var bestEpoch: Int
        public var testedEpoch: Int
        /// Of this call; what was trained before a resumption is not in it.
        public var seconds: Double
        /// Of the test alone.
        public var testSeconds: Double
    }

    private let runner: BatchRunner
    private let configuration: TrainingConfiguration
    private let options: Options
    private let store: ParameterStore

    public init(_ runner: BatchRunner, options: Options) throws(Diagnostic) {
        guard let configuration = runner.bundle.manifest.training else {
            throw Diagnostic("plan.kind", runner.bundle.path, "the plan holds a plain graph and cannot be trained")
        }
        self.runner = runner
        self.configuration = configuration
        self.options = options
        store = ParameterStore(runner.bundle.manifest)
    }

    /// Checks that every batch size has an entry, before anything is written.
    public func check(_ dataset: Dataset) throws(Diagnostic) {
        try runner.check(dataset)
        let parts: [(PlanManifest.EntryKind, Int)] = [
            (.train, dataset.train.sampleCount), (.loss, dataset.valid.sampleCount), (.loss, dataset.test.sampleCount),
        ]
        for (kind, count) in parts {
            let order = try BatchOrder(sampleCount: count, batchSize: configuration.batchSize, order: .file)
            for size in Set(order.batches(epoch: 0).map(\.count)).sorted() { _ = try runner.entry(kind, batch: size) }
        }
    }

    /// The state before the first step.
    public func start(from parameters: [String: HostTensor]) -> TrainingState {
        TrainingState(configuration, parameters: parameters)
    }

    private func order(_ dataset: Dataset) throws(Diagnostic) -> BatchOrder {
        try BatchOrder(
            sampleCount: dataset.train.sampleCount, batchSize: configuration.batchSize,
            order: options.shuffle ? .shuffled(seed: UInt64(bitPattern: Int64(options.seed))) : .file)
    }

    /// Trains on from a state, then evaluates the best epoch's parameters on the test part.
    ///
    /// Whatever state of a training it starts from, the rest is the same to the bit.
    /// - Returns: nil where the observer stopped it.
    public func run(
        _ dataset: Dataset, from start: TrainingState, observer: some TrainingObserver
    ) throws(Diagnostic) -> Result? {
        let clock = ContinuousClock()
        let startTime = clock.now
        var state = start
        let entry = try runner.entry(.train, batch: min(configuration.batchSize, dataset.train.sampleCount))
        let memory = TrainingMemory(runner.instance, store, entry: entry)
        try memory.restore(state)
        let order = try order(dataset)
        while state.epochs < options.epochs && !(options.selection == .best && state.stopping.shouldStop) {
            let epochStart = clock.now
            let batches = order.batches(epoch: state.epochs + 1)
            // In the middle of an epoch the best parameters are others than the present ones.
            if state.begun.totals.isEmpty, state.stopping.bestEpoch != nil { state.best = state.bestParameters }
            let prefetch = BatchPrefetch(dataset.train, Array(batches.dropFirst(state.begun.totals.count)))
            while let batch = prefetch.next() {
                let loss = try step(batch, &state)
                observer.observe(
                    step: Step(
                        epoch: state.epochs + 1, mostEpochs: options.epochs, number: state.begun.totals.count,
                        count: batches.count, loss: loss))
                if observer.wantsToStop && state.begun.totals.count < batches.count {
                    try memory.save(to: &state)
                    try observer.observe(stoppedAt: state)
                    return nil
                }
            }
            let epoch = try finishEpoch(dataset.valid, &state, since: epochStart)
            try memory.save(to: &state)
            if epoch.isBest { state.best = nil }
            try observer.observe(epoch: epoch, state)
            if observer.wantsToStop { return nil }
        }
        return try test(dataset.test, state, memory, since: startTime)
    }

    /// One optimizer step.
    private func step(_ batch: Batch, _ state: inout TrainingState) throws(Diagnostic) -> Double {
        let entry = try runner.entry(.train, batch: batch.sampleCount)
        let (number, rate) = (state.steps, state.schedule.learningRate)
        try runner.runner.run(entry: entry) { () throws(Diagnostic) in
            try runner.feed(batch, entry: entry)
            try runner.setKey(seed: options.seed, step: number, entry: entry)
            try runner.instance.set("learning_rate", entry: entry, to: [rate])
        }
        state.steps += 1
        let loss = try runner.instance.output("loss.total", entry: entry)[0]
        guard loss.isFinite else {
            throw Diagnostic(
                "train.diverged", runner.bundle.path,
                "the loss of epoch \(state.epochs + 1), step \(state.begun.totals.count + 1) is not finite",
                expected: "a finite loss; perhaps a lower learning_rate keeps it so", found: loss.isNaN ? "nan" : "\(loss)")
        }
        state.begun.totals.append(loss)
        for (position, name) in LossRecord.componentNames.enumerated() {
            state.begun.componentSums[position] += try runner.instance.output(name, entry: entry)[0]
        }
        return loss
    }

    /// Evaluates after an epoch's steps, and lets schedule and selection look at the result.
    private func finishEpoch(
        _ split: Split, _ state: inout TrainingState, since start: ContinuousClock.Instant
    ) throws(Diagnostic) -> Epoch {
        let valid = try Evaluation.run(runner, split)
        let rate = state.schedule.learningRate
        let losses = state.begun
        state.epochs += 1
        state.begun = LossRecord()
        state.schedule.update(try valid.value(of: configuration.schedulerMetric))
        let isBest = state.stopping.update(epoch: state.epochs, value: try valid.value(of: configuration.selectionMetric))
        return Epoch(
            number: state.epochs, trainLoss: losses.mean, components: losses.components, stepLosses: losses.totals, valid: valid,
            learningRate: rate, nextLearningRate: state.schedule.learningRate, isBest: isBest,
            seconds: Self.seconds(ContinuousClock.now - start))
    }

    private func test(
        _ split: Split, _ state: TrainingState, _ memory: TrainingMemory, since start: ContinuousClock.Instant
    ) throws(Diagnostic) -> Result {
        let takesLast = options.selection == .last
        try memory.load(takesLast ? state.parameters : state.bestParameters)
        let bestEpoch = state.stopping.bestEpoch ?? state.epochs
        let testStart = ContinuousClock.now
        let test = try Evaluation.run(runner, split)
        return Result(
            test: test, epochs: state.epochs, bestEpoch: bestEpoch, testedEpoch: takesLast ? state.epochs : bestEpoch,
            seconds: Self.seconds(ContinuousClock.now - start), testSeconds: Self.seconds(ContinuousClock.now - testStart))
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
