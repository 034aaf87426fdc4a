import Foundation

/// The operating system's words for what last went wrong.
enum SystemError {
    static var lastReason: String { String(cString: strerror(errno)) }
}
