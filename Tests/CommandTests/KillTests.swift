import Data
import Foundation
import Testing

/// A training that is killed at any moments, and resumed, ends as if nothing had happened.
///
/// `DG_SOAK` is the number of kills, `DG_SEED` decides when they come.
@Suite struct KillTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let kills = environment["DG_SOAK"].flatMap { Int($0) } ?? 10
    private static let epochs = 12
    private static let seed = environment["DG_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)

    @Test func killedTrainingGoesOnToTheSameBits() throws {
        let folder = try TemporaryFolder()
        let recording = ["--select", "last", "--log-steps"]
        let options = ["--epochs", "\(Self.epochs)"] + recording
        let whole = TrainingRun(path: folder.path("whole"))
        // The plan is compiled before the time is taken.
        let arguments = try TrainingRun.emotionArguments(whole.path) + options
        let start = ContinuousClock.now
        try run(.dgrun, arguments).succeeded()
        let duration = ContinuousClock.now - start
        let milliseconds = Int(duration.components.seconds) * 1000 + Int(duration.components.attoseconds / 1_000_000_000_000_000)

        let checkpoints = try Checkpoints(epochs: Self.epochs, options: recording, in: folder)
        var generator = SplitMix64(seed: Self.seed)
        var (kills, attempt) = (0, 0)
        while kills < Self.kills {
            attempt += 1
            let run = TrainingRun(path: folder.path("run-\(attempt)"))
            let comment: Comment = "DG_SEED=\(Self.seed), run \(attempt), after \(kills) kills"
            var (isOver, kept) = (false, 0)
            while !isOver {
                let threads = ["--threads", "\(1 + generator.index(below: 3))"]
                // Before the run has begun, there is nothing to go on with.
                let arguments = try run.has("run.json") ? ["train", "--resume", run.path]
                    : TrainingRun.emotionArguments(run.path) + options
                let launch = try Launch(Tool.dgrun.path(), arguments + threads)
                // The last kill is followed by a resumption that comes to its end.
                if kills < Self.kills {
                    usleep(UInt32(generator.index(below: milliseconds * 1000)))
                    launch.send(SIGKILL)
                }
                let outcome = try launch.wait()
                if outcome.isSignal { kills += 1 } else { isOver = true }
                try #require(outcome.isSignal ? outcome.status == SIGKILL : outcome.status == 0, "\(comment)\n\(outcome.summary)")
                kept = try checkpoints.areKept(in: run, earlier: kept, comment)
            }
            try run.equals(whole, comment)
            #expect(try names(in: run.path) == TrainingRun.files, comment)
        }
    }
}
