import Foundation
import Testing

/// Compilations that do not come to their end leave nothing of a plan, and an older plan as it was; training leaves
/// whole epochs.
@Suite struct InterruptionTests {
    private func compile(_ folder: TemporaryFolder, compiler: String) throws -> Outcome {
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        return try run(.dgc, "compile", graph, "-o", folder.path("a.plan"), environment: ["DG_CC": compiler])
    }

    /// Before the compilation, and in the middle of it.
    @Test(arguments: [("exit 7", "exit status 7"), ("kill -9 $$", "signal 9")], ["", "[ \"$1\" = --version ] && exit 0; "])
    func failingCompilerLeavesNothing(_ failure: (script: String, mention: String), _ prelude: String) throws {
        let folder = try TemporaryFolder()
        let compiler = try folder.writeScript(prelude + failure.script, as: "compiler")
        try compile(folder, compiler: compiler).isRefused("compiler.failed", compiler, failure.mention, "DG_CC")
        #expect(try folder.names == ["a.dg", "compiler"])
    }

    /// A compiler that works, but for the code that it is given.
    @Test func rejectedCodeIsABugOfTheCompiler() throws {
        let folder = try TemporaryFolder()
        let compiler = try folder.writeScript(
            "[ \"$1\" = --version ] && exit 0; echo 'kernels.c:1:2: error: nonsense'; exit 1", as: "compiler")
        let outcome = try compile(folder, compiler: compiler)
        #expect(!outcome.isSignal && outcome.status == 3 && outcome.errorLines.count == 1, outcome.summary)
        for mention in ["compiler.failed", compiler, "kernels.c:1:2: error: nonsense"] {
            #expect(outcome.errors.contains(mention), outcome.summary)
        }
        #expect(!outcome.errors.contains(".partial"), outcome.summary)
        #expect(try folder.names == ["a.dg", "compiler"])
    }

    @Test func compilerWithoutAResultLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let compiler = try folder.writeScript("exit 0", as: "compiler")
        try compile(folder, compiler: compiler).isRefused("plan.library", compiler, "no library")
        #expect(try folder.names == ["a.dg", "compiler"])
    }

    @Test func missingCompilerIsNamed() throws {
        let folder = try TemporaryFolder()
        let outcome = try compile(folder, compiler: folder.path("none"))
        outcome.isRefused("compiler.missing", "DG_CC", folder.path("none"))
        #expect(try folder.names == ["a.dg"])
    }

    @Test func olderPlanSurvivesAFailure() throws {
        let folder = try TemporaryFolder()
        let plan = try folder.copy(Fixtures.graphPlan(), as: "a.plan")
        let before = try PlanCopy.files.map { try contents("\(plan)/\($0)") }
        _ = try compile(folder, compiler: folder.writeScript("exit 1", as: "compiler"))
        #expect(try PlanCopy.files.map { try contents("\(plan)/\($0)") } == before)
        #expect(try folder.names == ["a.dg", "a.plan", "compiler"])
    }

    /// Sends a signal while the C compiler is at work.
    ///
    /// - Parameter prelude: what a shell does before it becomes the command.
    private func interrupt(_ folder: TemporaryFolder, _ signal: Int32, prelude: String = ":") throws -> Outcome {
        let started = folder.path("started")
        let compiler = try folder.writeScript(
            "case \"$1\" in --version) echo clang ;; *) touch '\(started)'; exec sleep 3 ;; esac", as: "compiler")
        let graph = try folder.write(Fixtures.graphText, as: "a.dg")
        let command = try [Tool.dgc.path(), "compile", graph, "-o", folder.path("a.plan")]
        let launch = try Launch(
            "/bin/sh", ["-c", "\(prelude); exec \"$0\" \"$@\""] + command, environment: ["DG_CC": compiler])
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: started) { usleep(10_000) }
        try #require(FileManager.default.fileExists(atPath: started))
        launch.send(signal)
        let outcome = try launch.wait()
        #expect(try folder.names == ["a.dg", "compiler", "started"])
        return outcome
    }

    /// From the keyboard, from a supervisor, from a terminal that is closed.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func signalLeavesNothing(_ signal: Int32) throws {
        let outcome = try interrupt(TemporaryFolder(), signal)
        #expect(outcome.isSignal && outcome.status == signal, outcome.summary)
    }

    /// As under nohup: the compilation goes on, to the compiler that writes nothing.
    @Test func ignoredSignalStaysIgnored() throws {
        try interrupt(TemporaryFolder(), SIGHUP, prelude: "trap '' HUP").isRefused("plan.library", "no library")
    }

    @Test(arguments: [SIGINT, SIGTERM]) func signalLeavesWholeEpochs(_ signal: Int32) throws {
        let folder = try TemporaryFolder()
        let launch = try Launch(
            Tool.dgrun.path(),
            [
                "train", Fixtures.sentimentPlan(), "--data", Fixtures.sentimentData(), "--out", folder.path("run"),
                "--epochs", "1000000", "--select", "last",
            ])
        let files = TrainingRun.files.filter { $0 != "result.json" }
        func isWritten() -> Bool { files.allSatisfy { FileManager.default.fileExists(atPath: folder.path("run/\($0)")) } }
        for _ in 0..<3000 where !isWritten() { usleep(10_000) }
        usleep(200_000)
        launch.send(signal)
        let outcome = try launch.wait()
        #expect(outcome.isSignal && outcome.status == signal, outcome.summary)
        #expect(outcome.errorLines.count == 2 && outcome.errors.hasPrefix("interrupted, and saved after "), outcome.summary)
        #expect(outcome.errors.hasSuffix("go on with: dgrun train --resume \(folder.path("run"))\n"), outcome.summary)
        #expect(try names(in: folder.path("run")) == files)
        #expect(try JSONText.lines(folder.path("run/metrics.jsonl")).count > 0)
        try run(
            .dgrun, "eval", Fixtures.sentimentPlan(), "--data", Fixtures.sentimentData(), "--weights",
            folder.path("run/last.safetensors")
        ).succeeded()
    }

    /// A run that fails before its first epoch is over leaves no folder.
    @Test func divergedTrainingLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let copy = try PlanCopy(of: Fixtures.sentimentPlan(), in: TemporaryFolder())
        try copy.edit(["training", "learningRate"], to: "1e30")
        try FileManager.default.createDirectory(atPath: folder.path("older"), withIntermediateDirectories: false)
        _ = try folder.write("mine", as: "older/note.txt")
        for name in ["new", "older"] {
            let arguments = try ["train", copy.path, "--data", Fixtures.sentimentData(), "--out", folder.path(name)]
            try run(.dgrun, arguments).isRefused("train.diverged", copy.path, "epoch 1", "finite", "learning_rate")
        }
        #expect(try folder.names == ["older"] && names(in: folder.path("older")) == ["note.txt"])
    }
}
