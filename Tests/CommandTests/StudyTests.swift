import Foundation
import Testing

/// Ablations and sweeps: they train what they say, go on where they were, and name what fails.
@Suite struct StudyTests {
    private static let files = ["figure.svg", "table.csv", "table.json", "table.md"]

    private func sweep(_ grid: String, to path: String, _ more: String...) throws -> [String] {
        let spec = Fixtures.golden("mosi_small.json")
        return try ["sweep", spec, "--grid", grid, "--data", Fixtures.sentimentData(), "--out", path, "--epochs", "3"] + more
    }

    /// All results of a study, as bytes.
    private func results(_ path: String) throws -> [Data] { try Self.files.map { try contents("\(path)/\($0)") } }

    private func rows(_ path: String) throws -> [JSONText] {
        let text = try JSONText(String(contentsOfFile: "\(path)/table.json", encoding: .utf8))
        return (text.members["rows"] as? [[String: Any]] ?? []).map { JSONText(members: $0) }
    }

    private func environment() throws -> [String: String] { try Fixtures.quickCompiler() }

    /// Waits, but not for ever: what is tested comes out the same wherever a process was interrupted.
    private func wait(for file: String) {
        for _ in 0..<12_000 where !FileManager.default.fileExists(atPath: file) { usleep(5000) }
    }

    /// Each row is the training of that specification by hand; two seeds give a mean.
    @Test func ablationTrainsEachRow() throws {
        let folder = try TemporaryFolder()
        let spec = Fixtures.golden("mosi_small.json")
        let outcome = try run(
            .dgrun, "ablate", spec, "--rows", "full,mfd", "--data", Fixtures.sentimentData(), "--out", folder.path("a"),
            "--epochs", "2", "--seeds", "1,2", environment: environment()
        ).succeeded()
        for word in ["DecAlign", "w/o MFD", "±"] { #expect(outcome.output.contains(word), outcome.summary) }
        try run(
            .dgc, "compile", spec, "--data", Fixtures.sentimentData(), "--set", "ablate=mfd", "-o", folder.path("p.plan"),
            environment: environment()
        ).succeeded()
        try run(
            .dgrun, "train", folder.path("p.plan"), "--data", Fixtures.sentimentData(), "--out", folder.path("r"), "--epochs", "2",
            "--seed", "2"
        ).succeeded()
        try TrainingRun(path: folder.path("a/mfd/seed-2")).equals(TrainingRun(path: folder.path("r")), "by hand")
        let rows = try rows(folder.path("a"))
        #expect(rows.map { $0.members["name"] as? String } == ["full", "mfd"])
        #expect(try rows[0].table("mean") != rows[1].table("mean"))
        let by = try ["seed-1", "seed-2"].map {
            try JSONText(String(contentsOfFile: folder.path("a/mfd/\($0)/result.json"), encoding: .utf8)).table("test")
        }
        let (first, second) = (try #require(by[0]["MAE"]), try #require(by[1]["MAE"]))
        #expect(abs(try #require(rows[1].table("mean")["MAE"]) - (first + second) / 2) < 1e-12)
        #expect(abs(try #require(rows[1].table("std")["MAE"]) - abs(first - second) / 2.0.squareRoot()) < 1e-12)
    }

    /// A study is interrupted, then killed, then the result of a run is lost: it goes on, to the same bits.
    @Test func interruptedSweepGoesOn() throws {
        let folder = try TemporaryFolder()
        let (whole, broken) = (folder.path("whole"), folder.path("broken"))
        try run(.dgrun, sweep("alpha=0,0.1,beta=0.05,0.1", to: whole), environment: environment()).succeeded()
        // The data are recorded with their place, the tables name no folder: both studies have the same results.
        let grid = "alpha=0,0.1,beta=0.05,0.1"
        let launch = try Launch(Tool.dgrun.path(), sweep(grid, to: broken), environment: environment())
        wait(for: "\(broken)/1-alpha=0,beta=0.05/seed-1/state.safetensors")
        launch.send(SIGINT)
        let outcome = try launch.wait()
        #expect(outcome.isSignal && outcome.status == SIGINT, outcome.summary)
        #expect(outcome.errors.hasSuffix("interrupted; go on with: dgrun sweep --resume \(broken)\n"), outcome.summary)
        // A process that is killed saves nothing; its trainings end by themselves.
        let killed = try Launch(Tool.dgrun.path(), ["sweep", "--resume", broken], environment: environment())
        wait(for: "\(broken)/3-alpha=0.1,beta=0.05/seed-1/state.safetensors")
        killed.send(SIGKILL)
        _ = try killed.wait()
        try run(.dgrun, "sweep", "--resume", broken, environment: environment()).succeeded()
        #expect(try results(broken) == results(whole))
        // What is over is not done again; the same command goes on, too.
        try FileManager.default.removeItem(atPath: "\(broken)/3-alpha=0.1,beta=0.05/seed-1/result.json")
        let again = try run(.dgrun, sweep(grid, to: broken), environment: environment()).succeeded()
        #expect(again.output.contains("3 of them are over") && again.output.contains("[4/4]"), again.summary)
        #expect(!again.output.contains("[3/4]"), again.summary)
        #expect(try results(broken) == results(whole))
        for name in ["1-alpha=0,beta=0.05", "4-alpha=0.1,beta=0.1"] {
            try TrainingRun(path: "\(broken)/\(name)/seed-1").equals(TrainingRun(path: "\(whole)/\(name)/seed-1"), "\(name)")
        }
    }

    /// One diverges, one cannot be compiled; the others have their results.
    @Test func failuresAreRowsOfTheirOwn() throws {
        let folder = try TemporaryFolder()
        let outcome = try run(
            .dgrun, sweep("learning_rate=0.001,1000,feature_dims=null,[9,9,9]", to: folder.path("s")),
            environment: environment())
        #expect(!outcome.isSignal && outcome.status == 2, outcome.summary)
        let rows = try rows(folder.path("s"))
        #expect(rows.map { $0.members["status"] as? String } == ["done", "failed", "failed", "failed"])
        let messages = rows.map { $0.members["diagnostic"] as? String ?? "" }
        #expect(messages[0] == "" && messages[1].contains("spec.sizes") && messages[2].contains("train.diverged"), "\(messages)")
        #expect(outcome.output.contains("failed: ") && outcome.output.contains("train.diverged"), outcome.summary)
        #expect(try String(contentsOfFile: folder.path("s/table.csv"), encoding: .utf8).split(separator: "\n").count == 5)
    }

    /// A compiler that works only once.
    @Test func failedPiecesAreTriedAgain() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("s")
        let broken = try ["DG_CC": folder.writeScript("exit 7", as: "compiler")]
        let outcome = try run(.dgrun, sweep("alpha=0.1", to: path), environment: broken)
        #expect(!outcome.isSignal && outcome.status == 2 && outcome.output.contains("compiler.failed"), outcome.summary)
        try run(.dgrun, "sweep", "--resume", path, environment: environment()).succeeded()
        #expect(try rows(path).map { $0.members["status"] as? String } == ["done"])
    }

    // MARK: Refusals

    @Test func wrongArguments() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("s")
        try run(.dgrun, sweep("alpha=1,1", to: path)).isRefused("sweep.grid", "alpha")
        try run(.dgrun, sweep("alpa=1", to: path)).isRefused("spec.unknown-key", "alpha")
        try run(.dgrun, sweep("alpha=1", to: path, "--jobs", "0")).isRefused("arguments.range", "--jobs")
        let spec = Fixtures.golden("mosi_small.json")
        let ablation = ["ablate", spec, "--out", path]
        try run(.dgrun, ablation + ["--data", Fixtures.sentimentData(), "--rows", "ot"]).isRefused("ablate.row", "proto_ot")
        try run(.dgrun, ablation + ["--data", folder.path("none.npz")]).isRefused("file.unreadable", "none.npz")
        try run(.dgrun, "ablate", "--resume", folder.root).isRefused("study.missing", "study.json")
        #expect(try folder.names == [])
        for arguments in [["sweep", spec], ["ablate", "--resume", path, "--epochs", "3"], ["sweep", spec, "--data", "d", "--out", "o"]] {
            let outcome = try run(.dgrun, arguments)
            #expect(!outcome.isSignal && outcome.status == 2, outcome.summary)
        }
    }

    @Test func anotherStudyIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("s")
        let broken = try ["DG_CC": folder.writeScript("exit 7", as: "compiler")]
        _ = try run(.dgrun, sweep("alpha=1", to: path), environment: broken)
        try run(.dgrun, sweep("alpha=2", to: path)).isRefused("study.different", "alpha=2")
        try run(.dgrun, sweep("alpha=1", to: path, "--seeds", "5")).isRefused("study.different", "--seeds")
        try run(.dgrun, sweep("alpha=1", to: path, "--set", "beta=1")).isRefused("study.different", "specification")
        try run(.dgrun, "ablate", "--resume", path).isRefused("study.different", "dgrun sweep --resume")
        try "{}".write(toFile: "\(path)/study.json", atomically: false, encoding: .utf8)
        try run(.dgrun, "sweep", "--resume", path).isRefused("study.description", "study.json")
    }
}
