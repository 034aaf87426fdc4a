import Graph

/// What the compiler expects an entry to take on the class of machines that its cost model knows.
public struct EntryPrediction: Codable, Hashable, Sendable {
    /// In the order of their names.
    public var kernels: [Kernel]
    /// What a barrier between epochs takes.
    public var barrierSeconds: Double

    public init(kernels: [Kernel], barrierSeconds: Double) {
        self.kernels = kernels
        self.barrierSeconds = barrierSeconds
    }

    /// One run of a kernel function with all of its tasks.
    public struct Kernel: Codable, Hashable, Sendable {
        public var function: String
        /// Of matrix products.
        public var multiplyAdds: Double
        /// Operations on single elements, in additions.
        public var elementOperations: Double
        /// Bytes of memory regions that are read and written.
        public var bytes: Double
        /// What one thread needs for all tasks.
        public var seconds: Double

        public init(function: String, multiplyAdds: Double, elementOperations: Double, bytes: Double, seconds: Double) {
            self.function = function
            self.multiplyAdds = multiplyAdds
            self.elementOperations = elementOperations
            self.bytes = bytes
            self.seconds = seconds
        }

        /// All arithmetic, a multiply-add as two operations.
        public var operations: Double { 2 * multiplyAdds + elementOperations }
    }

    /// What the runs of all of a program's steps take together.
    public func total(_ program: Program) -> (operations: Double, bytes: Double) {
        let functions = byFunction
        return program.steps.reduce((0, 0)) { total, step in
            let kernel = functions[step.kernel]
            return (total.operations + (kernel?.operations ?? 0), total.bytes + (kernel?.bytes ?? 0))
        }
    }

    /// The critical path: in each epoch the busiest thread, and a barrier between epochs.
    ///
    /// - Parameter threads: share the tasks of a step as they do when the program runs.
    public func seconds(_ program: Program, threads: Int) -> Double {
        let functions = byFunction
        var total = threads > 1 ? Double(max(0, program.epochs - 1)) * barrierSeconds : 0
        var busy = [Double](repeating: 0, count: threads)
        var epoch = 0
        for (index, step) in program.steps.enumerated() {
            if step.epoch != epoch {
                total += busy.max() ?? 0
                busy = [Double](repeating: 0, count: threads)
                epoch = step.epoch
            }
            let task = (functions[step.kernel]?.seconds ?? 0) / Double(max(1, step.tasks))
            for thread in 0..<threads {
                let share = (thread + index) % threads
                busy[thread] += task * Double(step.tasks * (share + 1) / threads - step.tasks * share / threads)
            }
        }
        return total + (busy.max() ?? 0)
    }

    /// What a team of threads must save before it is worth waking, in seconds: threads that wait have long been put to sleep
    /// where a run is short, and are woken in some ten microseconds.
    private static let wakingSeconds = 20e-6

    /// How many threads should run a program: all that there are, or one.
    public func team(_ program: Program, most: Int) -> Int {
        most > 1 && seconds(program, threads: 1) - seconds(program, threads: most) > Self.wakingSeconds ? most : 1
    }

    /// The kernel functions by their names.
    public var byFunction: [String: Kernel] {
        Dictionary(kernels.map { ($0.function, $0) }) { first, _ in first }
    }

    // MARK: Checks

    /// Whether all numbers are what they can be.
    var isSound: Bool { unsoundMember == nil }

    private var unsoundMember: String? {
        func isSound(_ number: Double) -> Bool { number.isFinite && number >= 0 }
        if !isSound(barrierSeconds) { return "barrierSeconds" }
        return kernels.first { kernel in
            ![kernel.multiplyAdds, kernel.elementOperations, kernel.bytes, kernel.seconds].allSatisfy(isSound)
        }?.function
    }

    /// Checks that a prediction from a file is one of this program.
    func check(against program: Program, file: String) throws(Diagnostic) {
        if let member = unsoundMember {
            throw Diagnostic(
                "plan.prediction", "\(file): \(program.name): \(member)", "the prediction is out of range",
                expected: "finite numbers, none below zero")
        }
        let expected = Set(program.steps.map(\.kernel)).sorted()
        guard kernels.map(\.function) == expected else {
            let found = kernels.map(\.function)
            let different = expected.first { !found.contains($0) } ?? found.first { !expected.contains($0) }
            throw Diagnostic(
                "plan.prediction", "\(file): \(program.name)", "prediction and program name the same kernel functions",
                expected: "\(expected.count) functions in order",
                found: "\(found.count)" + (different.map { ", different: \($0)" } ?? ", in another order"))
        }
    }
}
