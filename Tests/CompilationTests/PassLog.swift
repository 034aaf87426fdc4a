import Graph
import Passes
import Synchronization

/// Remembers which passes ran.
final class PassLog: PassObserver {
    private let log = Mutex<[String]>([])

    var spellings: [String] { log.withLock { $0 } }

    func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {
        log.withLock { $0.append(pass.spelling) }
    }
}
