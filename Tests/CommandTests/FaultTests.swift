import Data
import Foundation
import Testing

/// A training in which a system call fails says so, and what was reached before is still there: resumed, it comes to the same
/// bits as without the fault.
@Suite struct FaultTests {
    private static let chosenFaults = 12
    private static let chosenResumedFaults = 4
    private static let chosenReplacingFaults = 2

    @Test func aFailingCallLosesNothing() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let (whole, counts) = (TrainingRun(path: folder.path("whole")), folder.path("counts"))
        try run(
            .dgrun, FaultTraining.arguments(whole),
            environment: shim.environment(under: FaultTraining.files(whole), counts: counts)
        ).succeeded()
        let found = try FaultShim.counts(counts)
        for call in FaultShim.Call.allCases where call != .truncate && call != .pwrite {
            try #require(found[call]?.all ?? 0 > 0, "\(call) was never seen")
        }
        let faults = FaultTraining.chosen(FaultShim.Fault.all(found), Self.chosenFaults)
        let checkpoints = try FaultTraining.checkpoints(in: folder)
        var failed = 0
        for (index, fault) in faults.enumerated() {
            let comment: Comment = "DG_SEED=\(FaultTraining.seed): \(fault)"
            let training = TrainingRun(path: folder.path("run-\(index)"))
            let outcome = try run(
                .dgrun, FaultTraining.arguments(training),
                environment: shim.environment(under: FaultTraining.files(training), fault))
            if try hasFailed(outcome, fault, comment) {
                failed += 1
                try checkpoints.areKept(in: training, comment)
                try FaultTraining.goOn(training, comment, equals: whole)
            } else {
                try FaultTraining.hasEnded(training, comment, equals: whole)
            }
            try FileManager.default.removeItem(atPath: training.path)
        }
        Self.report("in a new run", faults.count, failed)
    }

    /// Whether the run has ended with a message, as it must after most faults.
    private func hasFailed(_ outcome: Outcome, _ fault: FaultShim.Fault, _ comment: Comment) throws -> Bool {
        try #require(!outcome.isSignal && [0, 2].contains(outcome.status), "\(comment)\n\(outcome.summary)")
        #expect(outcome.status == 2 || !fault.hasToBeNoticed, "\(comment)\n\(outcome.summary)")
        #expect(outcome.status == 0 || !fault.isHarmless, "\(comment)\n\(outcome.summary)")
        guard outcome.status == 2 else { return false }
        #expect(outcome.errors.contains("error["), "\(comment)\n\(outcome.summary)")
        return true
    }

    private static func report(_ place: String, _ count: Int, _ failed: Int) {
        if FaultTraining.isWhole { print("faults \(place): \(count) calls failed, one in each run; \(failed) runs ended; same bits") }
    }

    /// Resuming cuts files back to what the state says, and writes what is missing.
    @Test func aFailingCallWhileResumingLosesNothing() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let whole = TrainingRun(path: folder.path("whole"))
        try run(.dgrun, FaultTraining.arguments(whole)).succeeded()
        let checkpoints = try FaultTraining.checkpoints(in: folder)
        let (broken, kept) = try brokenTraining(shim, checkpoints, folder)
        let counted = try FaultTraining.copy(of: broken, as: "counted", in: folder)
        let counts = folder.path("counts")
        try run(
            .dgrun, ["train", "--resume", counted.path],
            environment: shim.environment(under: FaultTraining.files(counted), counts: counts)
        ).succeeded()
        let found = try FaultShim.counts(counts)
        try #require(found[.truncate]?.all ?? 0 > 0)
        let faults = FaultTraining.chosen(FaultShim.Fault.all(found), Self.chosenResumedFaults)
        var failed = 0
        for (index, fault) in faults.enumerated() {
            let comment: Comment = "DG_SEED=\(FaultTraining.seed), resumed: \(fault)"
            let training = try FaultTraining.copy(of: broken, as: "run-\(index)", in: folder)
            let outcome = try run(
                .dgrun, ["train", "--resume", training.path],
                environment: shim.environment(under: FaultTraining.files(training), fault))
            try checkpoints.areKept(in: training, earlier: kept, comment)
            if try hasFailed(outcome, fault, comment) {
                failed += 1
                try FaultTraining.goOn(training, comment, equals: whole)
            } else {
                try FaultTraining.hasEnded(training, comment, equals: whole)
            }
            try FileManager.default.removeItem(atPath: training.path)
        }
        Self.report("while resuming", faults.count, failed)
    }

    /// A training that has ended between the report of an epoch and its state.
    private func brokenTraining(
        _ shim: FaultShim, _ checkpoints: Checkpoints, _ folder: TemporaryFolder
    ) throws -> (training: TrainingRun, kept: Int) {
        for number in 1...40 {
            let training = TrainingRun(path: folder.path("broken-\(number)"))
            let outcome = try run(
                .dgrun, FaultTraining.arguments(training),
                environment: shim.environment(under: [training.path], .init(.rename, number, .error(EIO))))
            try #require(outcome.status == 2, outcome.summary)
            let kept = try checkpoints.areKept(in: training, "rename number \(number)")
            if kept > 0, training.reportedEpochs > kept { return (training, kept) }
        }
        return try #require(nil, "no rename fails between an epoch's report and its state")
    }

    // MARK: A run that replaces another one

    private func olderRun(_ folder: TemporaryFolder) throws -> TrainingRun {
        let older = TrainingRun(path: folder.path("older"))
        try run(.dgrun, FaultTraining.arguments(older) + ["--seed", "9"]).succeeded()
        return older
    }

    /// Where the new run's first files find no room, nothing of the older one has been removed.
    @Test func theOlderRunStaysUntilTheNewOneCanBegin() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let older = try olderRun(folder)
        let files = try TrainingRun.files.map { try contents(older.file($0)) }
        let faults: [FaultShim.Fault] = [
            .init(.write, 1, .error(ENOSPC)), .init(.write, 2, .error(ENOSPC)), .init(.fsync, 1, .error(EIO)),
            .init(.fsync, 2, .error(EIO)),
        ]
        for fault in faults {
            let outcome = try run(
                .dgrun, FaultTraining.arguments(older) + ["--overwrite"], environment: shim.environment(under: [older.path], fault))
            outcome.isRefused("file.unwritable", older.path)
            #expect(try TrainingRun.files.map { try contents(older.file($0)) } == files, "\(fault)")
            #expect(try names(in: older.path) == TrainingRun.files, "\(fault)")
        }
    }

    /// Files that cannot be removed or renamed: the older run can be resumed, or the new one can; never is one the other's state.
    @Test func aFailingCallWhileReplacingMixesNothing() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let (whole, counts) = (TrainingRun(path: folder.path("whole")), folder.path("counts"))
        try run(.dgrun, FaultTraining.arguments(whole)).succeeded()
        let older = try olderRun(folder)
        let counted = try FaultTraining.copy(of: older, as: "counted", in: folder)
        try run(
            .dgrun, FaultTraining.arguments(counted) + ["--overwrite"],
            environment: shim.environment(under: [counted.path], counts: counts)
        ).succeeded()
        let found = try FaultShim.counts(counts).filter { [.unlink, .rename].contains($0.key) }
        let faults = FaultTraining.chosen(FaultShim.Fault.all(found), Self.chosenReplacingFaults)
        let checkpoints = try FaultTraining.checkpoints(in: folder)
        var (failed, keptOlder) = (0, 0)
        for (index, fault) in faults.enumerated() {
            let comment: Comment = "DG_SEED=\(FaultTraining.seed), replacing: \(fault)"
            let training = try FaultTraining.copy(of: older, as: "run-\(index)", in: folder)
            let outcome = try run(
                .dgrun, FaultTraining.arguments(training) + ["--overwrite"],
                environment: shim.environment(under: [training.path], fault))
            if try !hasFailed(outcome, fault, comment) {
                try FaultTraining.hasEnded(training, comment, equals: whole)
            } else if training.has("state.safetensors"),
                try contents(training.file("state.safetensors")) == contents(older.file("state.safetensors"))
            {
                (failed, keptOlder) = (failed + 1, keptOlder + 1)
                try FaultTraining.goOn(training, comment, equals: older)
            } else {
                failed += 1
                try checkpoints.areKept(in: training, comment)
                try FaultTraining.goOn(training, comment, equals: whole)
            }
            try FileManager.default.removeItem(atPath: training.path)
        }
        Self.report("while replacing a run", faults.count, failed)
        if FaultTraining.isWhole { #expect(keptOlder > 0 && failed > keptOlder) }
    }

    /// Signals, such as the one that a window changes its size, interrupt calls at any time.
    @Test func anInterruptedReadIsMadeAgain() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        for failure in [FaultShim.Failure.error(EINTR), .short] {
            let environment = try shim.environment(under: [Fixtures.emotionData()], .init(.read, 1, failure))
            try run(.dgrun, ["data", Fixtures.emotionData()], environment: environment).succeeded()
        }
    }

    /// The name of a new folder is on the disk before anything is written into it.
    @Test func theFolderAroundARunIsBroughtToTheDisk() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let training = TrainingRun(path: folder.path("run"))
        let outcome = try run(
            .dgrun, FaultTraining.arguments(training), environment: shim.environment(under: [folder.root], .init(.fsync, 1, .error(EIO))))
        outcome.isRefused("file.unwritable", "\(training.path): ", "Input/output error")
        #expect(!FileManager.default.fileExists(atPath: training.path))
    }

    // MARK: Single faults

    /// The first of several seeds fails after it has come to a state.
    @Test func aFailingSeedCanBeResumed() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let several = FaultTraining.options + ["--seeds", "5,6"]
        let whole = TrainingRun(path: folder.path("whole"))
        try run(.dgrun, TrainingRun.emotionArguments(whole.path) + several).succeeded()
        var wasBroken = false
        for number in 1...40 where !wasBroken {
            let training = TrainingRun(path: folder.path("run-\(number)"))
            let outcome = try run(
                .dgrun, TrainingRun.emotionArguments(training.path) + several,
                environment: shim.environment(under: [training.path], .init(.rename, number, .error(EIO))))
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
            environment: shim.environment(under: [folder.root], .init(.write, 1, .error(ENOSPC))))
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
                environment: shim.environment(under: [folder.root], .init(.region, number, .error(ENOMEM))))
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
