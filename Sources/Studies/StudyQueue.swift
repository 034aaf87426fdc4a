import Foundation

/// What is to be done next: runs whose plan is there come first, then plans in the order of the variants.
final class StudyQueue: @unchecked Sendable {
    enum Piece: Hashable, Sendable {
        /// Compile a variant's plan, after which its runs can begin.
        case compilation(variant: Int)
        case run(variant: Int, seed: Int)
    }

    private let condition = NSCondition()
    private var runs: [Piece] = []
    private var compilations: [Piece] = []
    private var compiling = 0
    private var isStopped = false

    init(compilations: [Int], runs: [(variant: Int, seed: Int)]) {
        self.compilations = compilations.map { .compilation(variant: $0) }
        self.runs = runs.map { .run(variant: $0.variant, seed: $0.seed) }
    }

    /// Waits for something to do; nil when there will be nothing more.
    func next() -> Piece? {
        condition.lock()
        defer { condition.unlock() }
        while !isStopped {
            if !runs.isEmpty { return runs.removeFirst() }
            if !compilations.isEmpty {
                compiling += 1
                return compilations.removeFirst()
            }
            if compiling == 0 { return nil }
            condition.wait()
        }
        return nil
    }

    /// A compilation is over; these runs can begin.
    func compiled(_ variant: Int, seeds: [Int]) {
        condition.lock()
        defer { condition.unlock() }
        compiling -= 1
        runs += seeds.map { .run(variant: variant, seed: $0) }
        condition.broadcast()
    }

    func stop() {
        condition.lock()
        defer { condition.unlock() }
        isStopped = true
        condition.broadcast()
    }
}
