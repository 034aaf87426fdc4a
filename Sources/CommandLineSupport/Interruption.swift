import Dispatch
import Foundation

/// Cleans up when the user interrupts a command, then ends the process as the signal would have.
public struct Interruption {
    private let sources: [any DispatchSourceSignal]

    /// Watches until it is deallocated.
    ///
    /// - Parameters:
    ///   - request: takes the first signal, and the command ends by itself; without one, every signal ends it.
    ///   - cleanUp: runs on another thread, while the command goes on.
    public init(request: StopRequest? = nil, cleanUp: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if request?.note(number) == true { return }
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

    /// Ends the process as a signal would have.
    public static func end(by number: Int32) -> Never {
        signal(number, SIG_DFL)
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, number)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        raise(number)
        exit(128 + number)
    }
}
