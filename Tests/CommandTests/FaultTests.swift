import Data
import Foundation
import Testing

/// A training in which a system call fails says so, and what was reached before is still there: resumed, it comes to the same
/// bits as without the fault.
///
/// `DG_SOAK` lets every call fail with every error; otherwise a few are chosen by `DG_SEED`.
@Suite struct FaultTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let isWhole = environment["DG_SOAK"] != nil
    private static let seed = environment["DG_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
    private static let chosenFaults = 12
    private static let chosenResumedFaults = 4
    private static let epochs = 3
    private static let recording = ["--select", "last", "--log-steps"]
    private static let options = ["--epochs", "\(epochs)"] + recording

    private typealias Fault = (call: FaultShim.Call, number: Int, failure: FaultShim.Failure)

    private static func faults(_ counts: [FaultShim.Call: Int]) -> [Fault] {
        var faults: [Fault] = []
        for call in FaultShim.Call.allCases {
            for number in 1..<(counts[call] ?? 0) + 1 {
                let failures: [FaultShim.Failure] =
                    switch call {
                    case .open: [.error(EACCES), .error(ENOSPC)]
                    case .write, .pwrite: [.error(ENOSPC), .error(EIO), .error(EINTR), .short]
                    case .fsync, .rename: [.error(EIO), .error(ENOSPC)]
                    case .truncate: [.error(EIO)]
                    case .allocate: [.error(ENOMEM)]
                    }
                faults += failures.map { (call, number, $0) }
            }
        }
        return faults
    }

    @Test func aFailingCallLosesNothing() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let (whole, counts) = (TrainingRun(path: folder.path("whole")), folder.path("counts"))
        try run(
            .dgrun, TrainingRun.emotionArguments(whole.path) + Self.options,
            environment: shim.environment(under: whole.path, counts: counts)
        ).succeeded()
        let found = try FaultShim.counts(counts)
        for call in FaultShim.Call.allCases where call != .truncate && call != .pwrite { try #require(found[call] ?? 0 > 0, "\(call) was never seen") }
        let faults = Self.chosen(Self.faults(found), Self.chosenFaults)
        let checkpoints = try Checkpoints(epochs: Self.epochs, options: Self.recording, in: folder)
        var failed = 0
        for (index, fault) in faults.enumerated() {
            let comment: Comment = "DG_SEED=\(Self.seed): \(fault.call) number \(fault.number) fails with \(fault.failure.text)"
            let training = TrainingRun(path: folder.path("run-\(index)"))
            let outcome = try run(
                .dgrun, TrainingRun.emotionArguments(training.path) + Self.options,
                environment: shim.environment(under: training.path, fault))
            try #require(!outcome.isSignal && [0, 2].contains(outcome.status), "\(comment)\n\(outcome.summary)")
            if outcome.status == 2 {
                failed += 1
                #expect(outcome.errors.contains("error["), "\(comment)\n\(outcome.summary)")
                try checkpoints.areKept(in: training, comment)
                // Before the run has begun, there is nothing to go on with, nor to lose.
                let isBegun = training.has("run.json")
                let again = isBegun ? ["train", "--resume", training.path]
                    : try TrainingRun.emotionArguments(training.path) + Self.options + ["--overwrite"]
                try run(.dgrun, again).succeeded()
            }
            try training.equals(whole, comment)
            #expect(try names(in: training.path) == TrainingRun.files, comment)
            try FileManager.default.removeItem(atPath: training.path)
        }
        if Self.isWhole { print("faults: \(faults.count) calls failed, one in each run; \(failed) runs ended, all came to the same bits") }
        #expect(failed > faults.count / 3, "most calls that fail have to be noticed: \(failed) of \(faults.count)")
    }

    private static func chosen(_ faults: [Fault], _ count: Int) -> [Fault] {
        guard !isWhole else { return faults }
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in faults[generator.index(below: faults.count)] }
    }

    /// Resuming cuts files back to what the state says, and writes what is missing.
    @Test func aFailingCallWhileResumingLosesNothing() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let whole = TrainingRun(path: folder.path("whole"))
        try run(.dgrun, TrainingRun.emotionArguments(whole.path) + Self.options).succeeded()
        let checkpoints = try Checkpoints(epochs: Self.epochs, options: Self.recording, in: folder)
        let (broken, kept) = try brokenTraining(shim, checkpoints, folder)
        let counted = try copy(of: broken, as: "counted", in: folder)
        let counts = folder.path("counts")
        try run(
            .dgrun, ["train", "--resume", counted.path], environment: shim.environment(under: counted.path, counts: counts)
        ).succeeded()
        let found = try FaultShim.counts(counts)
        try #require(found[.truncate] ?? 0 > 0)
        let faults = Self.chosen(Self.faults(found), Self.chosenResumedFaults)
        var failed = 0
        for (index, fault) in faults.enumerated() {
            let comment: Comment = "DG_SEED=\(Self.seed), resumed: \(fault.call) number \(fault.number) fails with \(fault.failure.text)"
            let training = try copy(of: broken, as: "run-\(index)", in: folder)
            let resume = ["train", "--resume", training.path]
            let outcome = try run(.dgrun, resume, environment: shim.environment(under: training.path, fault))
            try #require(!outcome.isSignal && [0, 2].contains(outcome.status), "\(comment)\n\(outcome.summary)")
            try checkpoints.areKept(in: training, earlier: kept, comment)
            if outcome.status == 2 {
                failed += 1
                #expect(outcome.errors.contains("error["), "\(comment)\n\(outcome.summary)")
                try run(.dgrun, resume).succeeded()
            }
            try training.equals(whole, comment)
            #expect(try names(in: training.path) == TrainingRun.files, comment)
            try FileManager.default.removeItem(atPath: training.path)
        }
        if Self.isWhole { print("faults while resuming: \(faults.count) calls failed; \(failed) runs ended, all came to the same bits") }
    }

    /// A training that has ended between the report of an epoch and its state.
    private func brokenTraining(
        _ shim: FaultShim, _ checkpoints: Checkpoints, _ folder: TemporaryFolder
    ) throws -> (training: TrainingRun, kept: Int) {
        for number in 1...40 {
            let training = TrainingRun(path: folder.path("broken-\(number)"))
            let outcome = try run(
                .dgrun, TrainingRun.emotionArguments(training.path) + Self.options,
                environment: shim.environment(under: training.path, (.rename, number, .error(EIO))))
            try #require(outcome.status == 2, outcome.summary)
            let kept = try checkpoints.areKept(in: training, "rename number \(number)")
            if kept > 0, training.reportedEpochs > kept { return (training, kept) }
        }
        return try #require(nil, "no rename fails between an epoch's report and its state")
    }

    private func copy(of training: TrainingRun, as name: String, in folder: TemporaryFolder) throws -> TrainingRun {
        try FileManager.default.copyItem(atPath: training.path, toPath: folder.path(name))
        return TrainingRun(path: folder.path(name))
    }

    /// The first of several seeds fails after it has come to a state.
    @Test func aFailingSeedCanBeResumed() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let several = Self.options + ["--seeds", "5,6"]
        let whole = TrainingRun(path: folder.path("whole"))
        try run(.dgrun, TrainingRun.emotionArguments(whole.path) + several).succeeded()
        var wasBroken = false
        for number in 1...40 where !wasBroken {
            let training = TrainingRun(path: folder.path("run-\(number)"))
            let outcome = try run(
                .dgrun, TrainingRun.emotionArguments(training.path) + several,
                environment: shim.environment(under: training.path, (.rename, number, .error(EIO))))
            guard training.has("seed-5/state.safetensors") else { continue }
            wasBroken = true
            #expect(outcome.status == 2 && training.has("run.json"), outcome.summary)
            try run(.dgrun, "train", "--resume", training.path).succeeded()
            for seed in ["seed-5", "seed-6"] {
                try TrainingRun(path: training.file(seed)).equals(TrainingRun(path: whole.file(seed)), "\(seed), rename \(number)")
            }
        }
        #expect(wasBroken)
    }

    @Test func aFullDiskIsNamed() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let output = folder.path("out.npz")
        let outcome = try run(
            .dgrun, ["synthetic", "--out", output],
            environment: shim.environment(under: folder.root, (.write, 1, .error(ENOSPC))))
        #expect(outcome.status == 2 && outcome.errors.contains("error[file.unwritable]"), outcome.summary)
        #expect(outcome.errors.contains("No space left on device"), outcome.summary)
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func memoryThatIsNotThereIsNamed() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        // One for each region, and one for the scratch memory of threads.
        for number in 1...6 {
            let outcome = try run(
                .dgrun, ["bench", Fixtures.graphPlan(), "--iterations", "1"],
                environment: shim.environment(under: folder.root, (.allocate, number, .error(ENOMEM))))
            #expect(!outcome.isSignal && outcome.status == 2, "allocation \(number): \(outcome.summary)")
            #expect(outcome.errors.contains("error[memory.exhausted]"), "allocation \(number): \(outcome.summary)")
        }
    }

    /// Features are read from the mapped file as long as the training lasts.
    @Test func dataThatAreCutOffMeanwhileAreNamed() throws {
        let folder = try TemporaryFolder()
        let data = try folder.copy(Fixtures.emotionData(), as: "data.npz")
        let training = TrainingRun(path: folder.path("run"))
        let arguments = try ["train", Fixtures.emotionPlan(), "--data", data, "--out", training.path, "--epochs", "100000", "--quiet"]
        let launch = try Launch(Tool.dgrun.path(), arguments)
        while !training.has("state.safetensors") { usleep(1000) }
        try #require(truncate(data, 100) == 0)
        let outcome = try launch.wait()
        #expect(!outcome.isSignal && outcome.status == 2, outcome.summary)
        #expect(outcome.errors.contains("error[file.changed]: \(data): the file became shorter"), outcome.summary)
        try FileManager.default.removeItem(atPath: data)
        _ = try folder.copy(Fixtures.emotionData(), as: "data.npz")
        try run(.dgrun, "train", "--resume", training.path, "--epochs", "3").isRefused("train.different", "epochs")
    }
}
