import Graph
import Runtime
import Testing

/// Predictions of whole entries.
@Suite struct EntryPredictionTests {
    private static func program(_ steps: [(kernel: String, tasks: Int, epoch: Int)]) -> Program {
        var program = Program(name: "test")
        program.steps = steps.map { step in
            Program.Step(
                kernel: step.kernel, writes: [], reads: [], scratch: 0, tasks: step.tasks, epoch: step.epoch, label: step.kernel)
        }
        return program
    }

    private static let prediction = EntryPrediction(
        kernels: [
            EntryPrediction.Kernel(function: "long", multiplyAdds: 100, elementOperations: 1, bytes: 10, seconds: 8),
            EntryPrediction.Kernel(function: "short", multiplyAdds: 0, elementOperations: 5, bytes: 3, seconds: 1),
        ], barrierSeconds: 0.5)

    @Test func oneThreadRunsEverything() {
        let program = Self.program([("long", 1, 0), ("short", 1, 0), ("short", 1, 1)])
        #expect(Self.prediction.seconds(program, threads: 1) == 10)
        let total = Self.prediction.total(program)
        #expect(total.operations == 211 && total.bytes == 16)
    }

    @Test func threadsWaitForTheBusiestOne() {
        // Single tasks of neighbouring steps go to different threads; then a barrier; then an equal share for each.
        let program = Self.program([("long", 1, 0), ("short", 1, 0), ("long", 4, 1)])
        #expect(Self.prediction.seconds(program, threads: 2) == 12.5)
        // Three tasks on two threads are two and one.
        let uneven = Self.prediction.seconds(Self.program([("short", 3, 0)]), threads: 2)
        #expect(abs(uneven - 2.0 / 3) < 1e-12)
        // Two tasks keep no third thread busy.
        #expect(Self.prediction.seconds(Self.program([("long", 2, 0)]), threads: 3) == 4)
        #expect(Self.prediction.seconds(Self.program([]), threads: 2) == 0)
    }

    /// A team is woken only for what it makes faster.
    @Test func shortEntriesRunOnOneThread() {
        func team(_ seconds: Double, _ steps: [(kernel: String, tasks: Int, epoch: Int)]) -> Int {
            let kernel = EntryPrediction.Kernel(
                function: "kernel", multiplyAdds: 0, elementOperations: 0, bytes: 0, seconds: seconds)
            return EntryPrediction(kernels: [kernel], barrierSeconds: 1e-6).team(Self.program(steps), most: 4)
        }
        #expect(team(1e-3, [("kernel", 8, 0)]) == 4)
        #expect(team(1e-5, [("kernel", 8, 0)]) == 1)
        #expect(team(1e-2, [("kernel", 1, 0), ("kernel", 1, 1)]) == 1)
        #expect(team(1e-3, [("kernel", 1, 0), ("kernel", 1, 0)]) == 4)
    }
}
