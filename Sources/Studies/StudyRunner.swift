import Dispatch
import Foundation
import Graph
import Runtime
import Synchronization

/// Compiles the variants of a study and trains them, several processes at a time, each of one or few threads: a training of
/// a small model does not gain from a second thread what a second training does.
///
/// What is over stays; what was interrupted goes on where it was, to the same bits; what failed is tried again.
public final class StudyRunner: Sendable {
    /// The two programs that do the work.
    public struct Tools: Sendable {
        public var compiler: String
        public var runner: String

        public init(compiler: String, runner: String) {
            self.compiler = compiler
            self.runner = runner
        }
    }

    private struct State {
        /// By variant, then seed.
        var runs: [[StudyRun]]
        var processes: [ObjectIdentifier: StudyProcess] = [:]
        var isStopped = false
    }

    public let description: StudyDescription
    private let folder: StudyFolder
    private let tools: Tools
    private let jobs: Int
    private let threads: Int
    private let queue: StudyQueue
    private let starting = NSLock()
    private let showing = NSLock()
    private let state: Mutex<State>

    /// - Parameters:
    ///   - jobs: how many processes at a time.
    ///   - threads: of each training.
    /// - Throws: `train.result` where a result cannot be read.
    public init(
        _ description: StudyDescription, _ folder: StudyFolder, _ tools: Tools, jobs: Int, threads: Int
    ) throws(Diagnostic) {
        self.description = description
        self.folder = folder
        self.tools = tools
        self.jobs = jobs
        self.threads = threads
        var runs: [[StudyRun]] = []
        var compilations: [Int] = []
        var open: [(variant: Int, seed: Int)] = []
        for (index, variant) in description.variants.enumerated() {
            var own: [StudyRun] = []
            for seed in description.seeds {
                let result = try folder.result(variant, seed: seed, metrics: description.metrics.map(\.name))
                own.append(result.map(StudyRun.done) ?? .open)
            }
            let seeds = zip(description.seeds, own).filter { if case .open = $1 { true } else { false } }.map(\.0)
            // A plan that is there is the one that runs may have begun with.
            let hasPlan = folder.hasPlan(variant)
            if hasPlan { open += seeds.map { (index, $0) } } else if !seeds.isEmpty { compilations.append(index) }
            runs.append(own)
        }
        queue = StudyQueue(compilations: compilations, runs: open)
        state = Mutex(State(runs: runs))
    }

    /// How far each run is, by variant, then seed.
    public var runs: [[StudyRun]] { state.withLock(\.runs) }

    /// How many runs are over already.
    public var finishedCount: Int { Self.finished(runs) }

    /// Works until all is done, or `stop` is called.
    ///
    /// - Parameter show: takes what is over, one at a time, on any thread.
    public func run(_ show: @escaping @Sendable (StudyEvent) -> Void) {
        let workers = DispatchGroup()
        for _ in 0..<jobs {
            workers.enter()
            let thread = Thread { [self] in
                while let piece = queue.next() { work(on: piece) { event in showing.withLock { show(event) } } }
                workers.leave()
            }
            thread.start()
        }
        workers.wait()
    }

    /// Ends all processes by a signal, after which trainings save where they are.
    public func stop(_ signal: Int32) {
        queue.stop()
        let processes = state.withLock { state in
            state.isStopped = true
            return Array(state.processes.values)
        }
        for process in processes { process.interrupt(signal) }
    }

    // MARK: Pieces

    private func work(on piece: StudyQueue.Piece, _ show: (StudyEvent) -> Void) {
        let start = ContinuousClock().now
        switch piece {
        case .compilation(let index):
            let variant = description.variants[index]
            let outcome = compile(variant)
            if case .failed(let message) = outcome {
                set(index, description.seeds.map { ($0, .failed(message)) })
                show(event(variant, seed: nil, .failed(message), since: start))
            }
            queue.compiled(index, seeds: outcome == .done ? openSeeds(index) : [])
        case .run(let index, let seed):
            let variant = description.variants[index]
            let result: StudyRun
            switch train(variant, seed: seed) {
            case .done: result = read(variant, seed: seed)
            case .failed(let message): result = .failed(message)
            case .interrupted: return
            }
            set(index, [(seed, result)])
            show(event(variant, seed: seed, result, since: start))
        }
    }

    private func compile(_ variant: StudyVariant) -> StudyProcess.Outcome {
        do {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/\(variant.name)", withIntermediateDirectories: true)
        } catch {
            return .failed("\(folder.path)/\(variant.name) cannot be created: \(error.localizedDescription)")
        }
        // Gradients alone nobody asks for here, and they are a good part of the work.
        let arguments = [
            "compile", folder.specificationFile, "--data", description.data.path, "-o", folder.plan(variant), "--entries",
            "infer,loss,train",
        ] + variant.overrides.flatMap { ["--set", $0] }
        return launch(StudyProcess(tools.compiler, arguments, log: folder.log(variant, seed: nil), starting: starting))
    }

    /// Trains, or goes on with a training. One that a killed study has left behind ends with its epoch; until then it has
    /// its folder.
    private func train(_ variant: StudyVariant, seed: Int) -> StudyProcess.Outcome {
        let end = ContinuousClock().now + Self.patience
        while true {
            let outcome = trainOnce(variant, seed: seed)
            guard case .failed(let message) = outcome, message.contains("[folder.busy]"), ContinuousClock().now < end else {
                return outcome
            }
            usleep(100_000)
        }
    }

    private static let patience = Duration.seconds(600)

    private func trainOnce(_ variant: StudyVariant, seed: Int) -> StudyProcess.Outcome {
        let path = folder.run(variant, seed: seed)
        var arguments = [
            "train", folder.plan(variant), "--data", description.data.path, "--threads", "\(threads)", "--progress", "off",
        ]
        if RunFolder.hasRun(path) {
            arguments += ["--resume", path]
        } else {
            arguments += ["--out", path, "--overwrite", "--seed", "\(seed)", "--select", description.selection]
            if let epochs = description.epochs { arguments += ["--epochs", "\(epochs)"] }
        }
        return launch(StudyProcess(tools.runner, arguments, log: folder.log(variant, seed: seed), starting: starting))
    }

    private func launch(_ process: StudyProcess) -> StudyProcess.Outcome {
        let key = ObjectIdentifier(process)
        let isStopped = state.withLock { state in
            state.processes[key] = process
            return state.isStopped
        }
        defer { state.withLock { state in _ = state.processes.removeValue(forKey: key) } }
        return isStopped ? .interrupted : process.run()
    }

    private func read(_ variant: StudyVariant, seed: Int) -> StudyRun {
        do throws(Diagnostic) {
            let result = try folder.result(variant, seed: seed, metrics: description.metrics.map(\.name))
            return result.map(StudyRun.done) ?? .failed("the run left no result")
        } catch {
            return .failed(error.description)
        }
    }

    // MARK: State

    private func openSeeds(_ variant: Int) -> [Int] {
        zip(description.seeds, runs[variant]).filter { if case .open = $1 { true } else { false } }.map(\.0)
    }

    private func set(_ variant: Int, _ results: [(seed: Int, run: StudyRun)]) {
        state.withLock { state in
            for (seed, run) in results {
                guard let index = description.seeds.firstIndex(of: seed) else { continue }
                if case .done = state.runs[variant][index] { continue }
                state.runs[variant][index] = run
            }
        }
    }

    private func event(_ variant: StudyVariant, seed: Int?, _ result: StudyRun, since start: ContinuousClock.Instant) -> StudyEvent {
        let duration = (ContinuousClock().now - start).components
        let runs = runs
        return StudyEvent(
            variant: variant, seed: seed, result: result,
            seconds: Double(duration.seconds) + Double(duration.attoseconds) * 1e-18, finished: Self.finished(runs),
            count: runs.joined().count)
    }

    private static func finished(_ runs: [[StudyRun]]) -> Int {
        runs.joined().count { if case .open = $0 { false } else { true } }
    }
}
