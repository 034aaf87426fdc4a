import Data
import Foundation
import Testing

/// A training that gets no memory for one of the many things it asks for ends, and loses nothing of what it has reached.
///
/// Swift ends the process where an object gets no memory. `DG_SOAK` is how many allocations fail, one in each run.
@Suite struct AllocationFaultTests {
    private static let chosen = ProcessInfo.processInfo.environment["DG_SOAK"].flatMap { Int($0) } ?? 6
    /// In seconds, many times what a training takes: one that waits for memory has failed.
    private static let patience = 60.0

    @Test func memoryThatIsNotThereLosesNothing() throws {
        let folder = try TemporaryFolder()
        let shim = try FaultShim(in: folder)
        let (whole, counts) = (TrainingRun(path: folder.path("whole")), folder.path("counts"))
        try run(
            .dgrun, FaultTraining.arguments(whole), environment: shim.environment(under: [whole.path], counts: counts)
        ).succeeded()
        let found = try FaultShim.counts(counts)
        let checkpoints = try FaultTraining.checkpoints(in: folder)
        let sizes: [FaultShim.Call] = [.small, .medium, .large]
        var generator = SplitMix64(seed: FaultTraining.seed)
        var (ended, named) = (0, 0)
        for index in 0..<Self.chosen {
            let size = sizes[index % sizes.count]
            let count = try #require(found[size])
            // Two of three when the run is being written.
            let first = index / sizes.count % 3 == 0 ? 0 : count.early
            let fault = FaultShim.Fault(size, first + 1 + generator.index(below: count.all - first), .error(ENOMEM))
            let comment: Comment = "DG_SEED=\(FaultTraining.seed): \(fault)"
            let training = TrainingRun(path: folder.path("run-\(index)"))
            let outcome = try Launch(
                Tool.dgrun.path(), FaultTraining.arguments(training),
                environment: shim.environment(under: [training.path], fault), patience: Self.patience
            ).wait()
            try #require(!outcome.isSignal || outcome.status != SIGKILL, "it waits for ever: \(comment)\n\(outcome.summary)")
            if !outcome.isSignal && outcome.status == 0 {
                try FaultTraining.hasEnded(training, comment, equals: whole)
            } else {
                ended += 1
                // Swift's words, those of dgrun, or those of the OpenMP runtime.
                let isNamed = outcome.errors.firstMatch(of: /failed to allocate \d+ bytes|error\[|OMP: Error/) != nil
                if isNamed { named += 1 }
                if FaultTraining.isWhole && !isNamed { print("\(fault): \(outcome.status), \(outcome.errors.prefix(200))") }
                try checkpoints.areKept(in: training, comment)
                try FaultTraining.goOn(training, comment, equals: whole)
            }
            try? FileManager.default.removeItem(atPath: training.path)
        }
        if FaultTraining.isWhole {
            // Of a few that are chosen by chance all may be of the C library, which says nothing.
            #expect(ended > 0 && named * 2 > ended, "\(named) of \(ended) say what was missing")
            print("memory: \(Self.chosen) allocations failed, one in each run; \(ended) runs ended, \(named) said why; same bits")
        }
    }
}
