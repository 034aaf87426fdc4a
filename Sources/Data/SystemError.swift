import Foundation

/// The operating system's words for what last went wrong.
public enum SystemError {
    public static var lastReason: String { String(cString: strerror(errno)) }
}
