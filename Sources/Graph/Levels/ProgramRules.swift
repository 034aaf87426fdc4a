/// The rules on single numbers and slices of a program; the parser and the verifier share them.
///
/// They also keep every sum of an offset and a size far from overflow.
enum ProgramRules {
    /// No offset and no region is larger, in bytes.
    static let maximumBytes = 1 << 48
    /// No epoch and no number of tasks is larger.
    static let maximumCount = 1 << 30
    /// Of every slice, in bytes.
    static let alignment = 64

    static func require(
        _ condition: Bool, _ id: String, _ subject: @autoclosure () -> String, _ message: String,
        expected: @autoclosure () -> String? = nil, found: @autoclosure () -> String? = nil
    ) throws(Diagnostic) {
        guard condition else {
            throw Diagnostic(id, subject(), message, expected: expected(), found: found())
        }
    }

    static func checkOffset(_ offset: Int, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        try require(
            (0...maximumBytes).contains(offset) && offset % alignment == 0, "program.alignment", subject(), "offset in a region",
            expected: "a multiple of \(alignment) up to 2^48", found: "\(offset)")
    }

    static func checkWorkspace(bytes: Int, lowerBound: Int, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        try require(
            (0...maximumBytes).contains(bytes), "program.workspace", subject(), "size of the workspace",
            expected: "0...2^48 bytes", found: "\(bytes)")
        try require(
            (0...bytes).contains(lowerBound), "program.bound", subject(), "lower bound of the workspace's size",
            expected: "0...\(bytes)", found: "\(lowerBound)")
    }

    /// The limits of a live range, which need not be in order yet.
    static func checkLive(first: Int, last: Int, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        try require(
            first >= 0 && first <= last && last <= maximumCount, "program.live", subject(),
            "a live range goes from an epoch to the same or a later one", found: "\(first)..\(last)")
    }

    static func checkEpoch(_ epoch: Int, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        try require(
            (0...maximumCount).contains(epoch), "program.epoch", subject(), "epochs count from zero",
            expected: "0...2^30", found: "\(epoch)")
    }

    static func checkTasks(_ tasks: Int, _ subject: @autoclosure () -> String) throws(Diagnostic) {
        try require(
            (0...maximumCount).contains(tasks), "program.tasks", subject(), "number of tasks", expected: "0...2^30",
            found: "\(tasks)")
    }
}
