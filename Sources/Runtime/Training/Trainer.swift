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

    public struct Result: Sendable {
        public var test: Evaluation
        public var epochs: [Epoch]
        public var bestEpoch: Int
        public var testedEpoch: Int
        public var seconds: Double
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

    /// Trains from the given values, then evaluates the best epoch's on the test part.
    ///
    /// - Parameter observe: called after each epoch with the parameters as they stand.
    public func run(
        _ dataset: Dataset, from initial: [String: HostTensor],
        observe: (Epoch, [String: HostTensor]) throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let fullEntry = try runner.entry(.train, batch: min(configuration.batchSize, dataset.train.sampleCount))
        runner.instance.clearState()
        try store.load(initial, into: runner.instance, entry: fullEntry)
        var schedule = LearningRateSchedule(
            learningRate: configuration.learningRate, factor: configuration.schedulerFactor,
            patience: configuration.schedulerPatience, mode: configuration.schedulerMode)
        var stopping = EarlyStopping(mode: configuration.selectionMode, patience: configuration.earlyStopPatience)
        let order = try BatchOrder(
            sampleCount: dataset.train.sampleCount, batchSize: configuration.batchSize,
            order: options.shuffle ? .shuffled(seed: UInt64(bitPattern: Int64(options.seed))) : .file)
        var epochs: [Epoch] = []
        var best = initial
        var step = 0
        for number in 1...max(1, options.epochs) {
            let epochStart = clock.now
            let rate = schedule.learningRate
            let trained = try train(dataset.train, order.batches(epoch: number), rate, number, &step)
            let valid = try Evaluation.run(runner, dataset.valid)
            _ = schedule.update(try valid.value(of: configuration.schedulerMetric))
            let isBest = stopping.update(epoch: number, value: try valid.value(of: configuration.selectionMetric))
            let epoch = Epoch(
                number: number, trainLoss: trained.mean, components: trained.components, stepLosses: trained.losses,
                valid: valid, learningRate: rate, nextLearningRate: schedule.learningRate, isBest: isBest,
                seconds: Self.seconds(clock.now - epochStart))
            let values = try store.values(in: runner.instance, entry: fullEntry)
            // As long as no epoch is the best, as when every value is NaN, the latest is tested.
            if isBest || stopping.bestEpoch == nil || options.selection == .last { best = values }
            epochs.append(epoch)
            try observe(epoch, values)
            if stopping.shouldStop && options.selection == .best { break }
        }
        try store.load(best, into: runner.instance, entry: fullEntry)
        let test = try Evaluation.run(runner, dataset.test)
        return Result(
            test: test, epochs: epochs, bestEpoch: stopping.bestEpoch ?? epochs.count,
            testedEpoch: options.selection == .last ? epochs.count : stopping.bestEpoch ?? epochs.count,
            seconds: Self.seconds(clock.now - start))
    }

    /// One pass over the training samples.
    private func train(
        _ split: Split, _ batches: [[Int]], _ learningRate: Double, _ epoch: Int, _ step: inout Int
    ) throws(Diagnostic) -> (mean: Double, losses: [Double], components: [(name: String, value: Double)]) {
        let names = ["loss.task", "loss.dec", "loss.hete", "loss.homo", "loss.ct"]
        var losses: [Double] = []
        var sums = [Double](repeating: 0, count: names.count)
        let prefetch = BatchPrefetch(split, batches)
        while let batch = prefetch.next() {
            let entry = try runner.entry(.train, batch: batch.sampleCount)
            let number = step
            try runner.runner.run(entry: entry) { () throws(Diagnostic) in
                try runner.feed(batch, entry: entry)
                try runner.setKey(seed: options.seed, step: number, entry: entry)
                try runner.instance.set("learning_rate", entry: entry, to: [learningRate])
            }
            step += 1
            let loss = try runner.instance.output("loss.total", entry: entry)[0]
            guard loss.isFinite else {
                throw Diagnostic(
                    "train.diverged", runner.bundle.path, "the loss of epoch \(epoch), step \(losses.count + 1) is not finite",
                    expected: "a finite loss; perhaps a lower learning_rate keeps it so", found: "\(loss)")
            }
            losses.append(loss)
            for (position, name) in names.enumerated() {
                sums[position] += try runner.instance.output(name, entry: entry)[0]
            }
        }
        let count = Double(losses.count)
        let components = zip(names, sums).map { (name: $0, value: $1 / count) }
        return (losses.reduce(0, +) / count, losses, components)
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
