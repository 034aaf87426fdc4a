import Foundation

/// What standard output can show.
public enum Terminal {
    /// Whether output goes to a terminal that a person reads and that shows colours.
    public static var showsColours: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }
}
