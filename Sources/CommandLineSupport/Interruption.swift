import Dispatch
import Foundation

/// Cleans up when the user interrupts a command, then ends the process as the signal would have.
public struct Interruption {
    private let sources: [any DispatchSourceSignal]

    /// Watches until it is deallocated.
    ///
    /// - Parameter cleanUp: runs on another thread, while the command goes on.
    public init(cleanUp: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                cleanUp()
                Self.end(by: number)
            }
            source.activate()
            // Elsewhere the source itself keeps the signal from its default effect, and an ignored one never gets to it.
            #if canImport(Darwin)
                signal(number, SIG_IGN)
            #endif
            return source
        }
    }

    /// Whether the command was started to live on, as by nohup.
    private static func isIgnored(_ number: Int32) -> Bool {
        let previous = signal(number, SIG_IGN)
        guard unsafeBitCast(previous, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { return true }
        signal(number, previous)
        return false
    }

    private static func end(by number: Int32) {
        signal(number, SIG_DFL)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, number)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(number)
    }
}
