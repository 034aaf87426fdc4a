import Foundation

/// The user's wish that a command ends where it can be resumed, and the signal that said so.
public final class StopRequest: @unchecked Sendable {
    private let lock = NSLock()
    private var number: Int32?

    public init() {}

    /// The signal, once there was one.
    public var signal: Int32? { lock.withLock { number } }

    /// Takes note of a signal and returns whether it is the first one.
    func note(_ number: Int32) -> Bool {
        lock.withLock {
            guard self.number == nil else { return false }
            self.number = number
            return true
        }
    }
}
