#if canImport(Glibc)
    // The streams of C are variables there, which nothing here changes.
    @preconcurrency import Glibc
#else
    import Darwin
#endif
import Graph

/// Where a command writes what it has to say.
///
/// A stream that takes nothing, as into a full disk, does not end a command in the middle of its work: `CommandExit` says so at its end.
public enum CommandStream {
    case output, errors

    private var file: UnsafeMutablePointer<FILE> {
        switch self {
        case .output: stdout
        case .errors: stderr
        }
    }

    /// Writes a text at once: what waits in a buffer is lost with the process.
    public func write(_ text: String) {
        let bytes = Array(text.utf8)
        fwrite(bytes, 1, bytes.count, file)
        fflush(file)
    }

    /// Takes the numbers of streams that are closed, or the next file that is opened would get them, and what is printed with them.
    static func occupyClosed() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // Only to be read: what is written there is lost, and that shows.
            _ = open("/dev/null", O_RDONLY)
        }
    }

    /// Throws where anything that was printed did not get to where output goes.
    ///
    /// - Throws: `output.lost`.
    static func checkOutput() throws(Diagnostic) {
        let isFlushed = fflush(stdout) == 0
        let reason = isFlushed ? "" : ": \(String(cString: strerror(errno)))"
        guard ferror(stdout) != 0 || !isFlushed else { return }
        throw Diagnostic("output.lost", "standard output", "not everything that was printed could be written\(reason)")
    }
}
