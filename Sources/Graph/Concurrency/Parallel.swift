import Dispatch
import Synchronization

/// Work on several processors whose results do not depend on how many there are.
package enum Parallel {
    /// What the body makes of each number below the count, in their order.
    package static func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
        let results = Mutex([Result?](repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let result = body(index)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap(\.self) }
    }

    /// As `map`, of a body that may fail.
    ///
    /// - Throws: the failure of the smallest number that has one.
    package static func results<Success: Sendable>(
        _ count: Int, _ body: @Sendable (Int) throws(Diagnostic) -> Success
    ) throws(Diagnostic) -> [Success] {
        let results = map(count) { index in
            Result { () throws(Diagnostic) in try body(index) }
        }
        return try results.map { result throws(Diagnostic) in try result.get() }
    }
}
