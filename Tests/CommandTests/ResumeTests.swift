import Foundation
import Testing

/// `dgrun train --resume`, and what it refuses.
@Suite struct ResumeTests {
    private static let options = ["--epochs", "4", "--seed", "7", "--tensorboard"]

    /// A run that was stopped: everything but its result, as after a kill between two of its epochs.
    private static func start(_ folder: TemporaryFolder, _ options: [String] = Self.options) throws -> TrainingRun {
        let run = TrainingRun(path: folder.path("run"))
        try CommandTests.run(.dgrun, TrainingRun.emotionArguments(run.path) + options).succeeded()
        return run
    }

    private static func resume(_ run: TrainingRun, _ options: String...) throws -> Outcome {
        try CommandTests.run(.dgrun, ["train", "--resume", run.path] + options)
    }

    @Test func finishedRunShowsItsResult() throws {
        let folder = try TemporaryFolder()
        let run = try Self.start(folder)
        let before = try TrainingRun.files.map { try contents(run.file($0)) }
        let outcome = try Self.resume(run).succeeded()
        #expect(outcome.output.hasPrefix("test, epoch ") && !outcome.output.contains("epoch   1"), outcome.summary)
        let json = try JSONText(Self.resume(run, "--json").succeeded().output)
        let recorded = try JSONText(String(contentsOfFile: run.file("result.json"), encoding: .utf8))
        #expect(try json.table("test") == recorded.table("test"))
        #expect(try Self.resume(run, "--quiet").succeeded().output.isEmpty)
        #expect(try TrainingRun.files.map { try contents(run.file($0)) } == before)
    }

    /// What a process can leave that ends at a bad moment: records that no state was saved for, half ones, and other
    /// files of an epoch before or after.
    @Test func filesFollowTheState() throws {
        let folder = try TemporaryFolder()
        let run = try Self.start(folder)
        let whole = TrainingRun(path: try folder.copy(run.path, as: "whole"))
        let events = "events.out.tfevents.dg"
        let eventSize = try contents(run.file(events)).count
        for name in ["metrics.jsonl", "metrics.csv", events] {
            let handle = try #require(FileHandle(forWritingAtPath: run.file(name)))
            handle.seekToEndOfFile()
            handle.write(Foundation.Data("{\"epoch\": 5}\n{\"epo".utf8))
            try handle.close()
        }
        _ = try folder.write("half", as: "run/.last.safetensors.abc.tmp")
        for name in ["result.json", "best.safetensors", "last.safetensors"] {
            try FileManager.default.removeItem(atPath: run.file(name))
        }
        let outcome = try Self.resume(run).succeeded()
        #expect(outcome.output.hasPrefix("going on after epoch 4\ntest, epoch "), outcome.summary)
        try run.equals(whole, "after resumption")
        let result = try JSONText(String(contentsOfFile: run.file("result.json"), encoding: .utf8))
        let epochs = try JSONText.lines(run.file("metrics.jsonl")).map { try $0.number("seconds") }
        #expect(try epochs.count == 4 && result.number("seconds") > epochs.reduce(0, +), "the epochs before count, too")
        #expect(try contents(run.file(events)).count == eventSize)
        #expect(try names(in: run.path) == (TrainingRun.files + [events]).sorted())
    }

    /// The signal comes in the middle of an epoch, or at its end; the run goes on on another number of threads.
    /// A process that is killed before its run has begun leaves only what it was writing.
    @Test func leftoversOfARunThatNeverBeganAreRemoved() throws {
        let folder = try TemporaryFolder()
        let training = TrainingRun(path: folder.path("run"))
        try FileManager.default.createDirectory(atPath: training.path, withIntermediateDirectories: false)
        for name in [".run.json.1a2b.tmp", ".state.safetensors.3c4d.tmp"] {
            try Foundation.Data().write(to: URL(fileURLWithPath: training.file(name)))
        }
        try run(.dgrun, TrainingRun.emotionArguments(training.path) + ["--epochs", "1"]).succeeded()
        #expect(try names(in: training.path) == TrainingRun.files)
    }

    @Test func interruptedRunGoesOn() throws {
        let folder = try TemporaryFolder()
        let options = ["--epochs", "300", "--select", "last", "--log-steps"]
        let whole = TrainingRun(path: folder.path("whole"))
        try run(.dgrun, TrainingRun.emotionArguments(whole.path) + options + ["--threads", "1"]).succeeded()
        let run = TrainingRun(path: folder.path("run"))
        let launch = try Launch(Tool.dgrun.path(), TrainingRun.emotionArguments(run.path) + options + ["--progress", "bar"])
        for _ in 0..<3000 where !run.has("best.safetensors") { usleep(10_000) }
        launch.send(SIGINT)
        let stopped = try launch.wait()
        try #require(stopped.isSignal && stopped.status == SIGINT, stopped.summary)
        #expect(stopped.errors.contains("interrupted, and saved after "), stopped.summary)
        #expect(try names(in: run.path) == TrainingRun.files.filter { $0 != "result.json" })
        // The present folder does not matter, and the plan may be named again.
        let outcome = try CommandTests.run(
            .dgrun, ["train", Fixtures.emotionPlan(), "--resume", "run", "--threads", "3", "--progress", "off"], in: folder.root)
        #expect(try outcome.succeeded().output.hasPrefix("going on after "), outcome.summary)
        try run.equals(whole, "after an interruption")
    }

    @Test func differencesAreNamed() throws {
        let folder = try TemporaryFolder()
        let run = try Self.start(folder)
        let data = try folder.copy(Fixtures.emotionData(), as: "moved.npz")
        try Self.resume(run, "--data", data).succeeded()
        try Self.resume(run, "--data", Fixtures.sentimentData()).isRefused("dataset.shape", "text")
        var changed = try TensorFile(npz: data)
        var labels = try #require(changed.values("train_labels")).map { Float($0) }
        labels.swapAt(0, 1)
        changed.set("train_labels", [labels.count], floats: labels)
        _ = try changed.write(npz: data)
        try Self.resume(run, "--data", data).isRefused("train.different", run.path, "data file", data)
        try Self.resume(run, "--seed", "8").isRefused("train.different", "seed", "expected 7", "found 8")
        try Self.resume(run, "--seeds", "7,8").isRefused("train.different", "list of seeds", "found 7,8")
        try Self.resume(run, "--epochs", "5").isRefused("train.different", "number of epochs", "expected 4", "found 5")
        try Self.resume(run, "--no-shuffle").isRefused("train.different", "order of samples")
        try Self.resume(run, "--select", "last").isRefused("train.different", "selection", "expected best")
        try Self.resume(run, "--log-steps").isRefused("train.different", "steps")
        try Self.resume(run, "--init", run.file("best.safetensors"))
            .isRefused("train.different", "file of first values", "expected none")
        let plan = folder.path("other.plan")
        try CommandTests.run(
            .dgc, "compile", Fixtures.golden("iemocap_small.json"), "--data", Fixtures.emotionData(), "--set", "relu_dropout=0.2",
            "--set", "class_weight=balanced", "-o", plan, environment: Fixtures.quickCompiler()
        ).succeeded()
        try CommandTests.run(.dgrun, "train", plan, "--resume", run.path)
            .isRefused("train.different", "specification: relu_dropout", "expected 0.1", "found 0.2")
        let copy = try PlanCopy(of: Fixtures.emotionPlan(), in: TemporaryFolder())
        try copy.edit(["training", "earlyStopPatience"], to: "3")
        try CommandTests.run(.dgrun, "train", copy.path, "--resume", run.path)
            .isRefused("train.different", "plan: training: earlyStopPatience", "found 3")
    }

    @Test func runsAreNotOverwritten() throws {
        let folder = try TemporaryFolder()
        let run = try Self.start(folder)
        let before = try contents(run.file("state.safetensors"))
        let arguments = try TrainingRun.emotionArguments(run.path) + ["--epochs", "1"]
        try CommandTests.run(.dgrun, arguments).isRefused("train.exists", run.path, "--resume", "--overwrite")
        #expect(try contents(run.file("state.safetensors")) == before)
        let note = try folder.write("mine", as: "run/note.txt")
        try CommandTests.run(.dgrun, arguments + ["--overwrite"]).succeeded()
        #expect(try JSONText.lines(run.file("metrics.jsonl")).count == 1)
        #expect(try names(in: run.path) == (TrainingRun.files + ["note.txt"]).sorted())
        #expect(try String(contentsOfFile: note, encoding: .utf8) == "mine")
        try CommandTests.run(.dgrun, "train", "--resume", folder.path("none")).isRefused("train.missing", "none", "run.json")
    }

    /// The new run would remove what it begins with.
    @Test(arguments: ["run/best.safetensors", "link/last.safetensors"])
    func firstValuesOfTheRunThatIsReplacedAreRefused(_ file: String) throws {
        let folder = try TemporaryFolder()
        let run = try Self.start(folder)
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: run.path)
        let files = try names(in: run.path).map { try contents(run.file($0)) }
        let initial = folder.path(file)
        let arguments = try TrainingRun.emotionArguments(run.path) + ["--overwrite", "--init", initial]
        try CommandTests.run(.dgrun, arguments).isRefused("train.initial", initial)
        #expect(try names(in: run.path).map { try contents(run.file($0)) } == files)
    }

    @Test func secondProcessIsRefused() throws {
        let folder = try TemporaryFolder()
        let run = TrainingRun(path: folder.path("run"))
        let launch = try Launch(
            Tool.dgrun.path(), TrainingRun.emotionArguments(run.path) + ["--epochs", "1000000", "--select", "last"])
        for _ in 0..<3000 where !run.has("state.safetensors") { usleep(10_000) }
        try Self.resume(run).isRefused("folder.busy", run.path)
        launch.send(SIGKILL)
        _ = try launch.wait()
    }

    /// A state that is gone is no training that has not begun.
    @Test func missingStateIsRefused() throws {
        let folder = try TemporaryFolder()
        let run = try Self.start(folder)
        for name in ["result.json", "state.safetensors"] { try FileManager.default.removeItem(atPath: run.file(name)) }
        let metrics = try contents(run.file("metrics.jsonl"))
        try Self.resume(run).isRefused("state.missing", run.file("state.safetensors"), "after epoch 3")
        for name in ["best.safetensors", "last.safetensors"] { try FileManager.default.removeItem(atPath: run.file(name)) }
        try Self.resume(run).isRefused("state.missing", run.file("state.safetensors"))
        #expect(try contents(run.file("metrics.jsonl")) == metrics)
        // With the first epoch's record the state was not yet there.
        let first = try #require(metrics.split(separator: UInt8(ascii: "\n")).first)
        _ = try folder.write(first + Foundation.Data("\n".utf8), as: "run/metrics.jsonl")
        let output = try Self.resume(run).succeeded().output
        #expect(output.contains("\nepoch   1") && output.contains("\nepoch   4"))
    }

    // MARK: Damage

    private func damaged(
        _ name: String, _ id: String, _ mentions: String..., at location: SourceLocation = #_sourceLocation,
        change: (inout [UInt8]) -> Void
    ) throws {
        let folder = try TemporaryFolder()
        let run = try Self.start(folder, ["--epochs", "2"])
        try FileManager.default.removeItem(atPath: run.file("result.json"))
        var bytes = [UInt8](try contents(run.file(name)))
        change(&bytes)
        _ = try folder.write(Foundation.Data(bytes), as: "run/\(name)")
        try Self.resume(run).isRefused(id, mentions: [run.file(name)] + mentions, at: location)
    }

    private static func replace(_ old: String, _ new: String, in bytes: inout [UInt8]) {
        guard let range = Foundation.Data(bytes).range(of: Foundation.Data(old.utf8)) else { return }
        bytes.replaceSubrange(range, with: Array(new.utf8))
    }

    @Test func damagedStateIsRefused() throws {
        try damaged("state.safetensors", "state.checksum") { $0[$0.count - 3] ^= 1 }
        try damaged("state.safetensors", "state.checksum") { Self.replace("epochs\\\":2", "epochs\\\":3", in: &$0) }
        try damaged("state.safetensors", "state.checksum", "a checksum") { Self.replace("\"checksum\"", "\"checksam\"", in: &$0) }
        try damaged("state.safetensors", "state.format") { Self.replace("training state 1", "training state 2", in: &$0) }
        try damaged("state.safetensors", "safetensors.truncated") { $0.removeLast(8) }
        try damaged("state.safetensors", "safetensors.truncated") { $0 = [] }
    }

    @Test func damagedFolderIsRefused() throws {
        try damaged("metrics.jsonl", "train.metrics", "2 whole records") { $0 = Array($0.prefix(40)) }
        try damaged("run.json", "train.description") { $0 = Array($0.dropLast(20)) }
        try damaged("run.json", "train.format", "expected 1", "found 2") {
            Self.replace("\"format\" : 1", "\"format\" : 2", in: &$0)
        }
        let folder = try TemporaryFolder()
        let run = try Self.start(folder, ["--epochs", "1"])
        _ = try folder.write("{\"test\": {}}", as: "run/result.json")
        try Self.resume(run).isRefused("train.result", run.file("result.json"))
    }
}
