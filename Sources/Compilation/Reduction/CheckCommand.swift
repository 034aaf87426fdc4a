import Foundation
import Graph

/// A shell command that says whether a file is interesting: exit code 0 if it is.
public struct CheckCommand: Sendable {
    public let command: String
    /// Seconds after which a run is ended and counts as not interesting.
    public let timeout: Double

    public init(_ command: String, timeout: Double) {
        self.command = command
        self.timeout = timeout
    }

    public enum Verdict: Hashable, Sendable {
        case interesting
        case uninteresting(code: Int32)
        case signal(Int32)
        case timedOut
    }

    /// Runs the command with a path in place of `{}`, or behind it.
    ///
    /// - Throws: `reduce.check` where the shell finds no such command.
    public func run(_ path: String) throws(Diagnostic) -> Verdict {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let line = command.contains("{}") ? command.split(separator: "{}", omittingEmptySubsequences: false).joined(separator: "\"$1\"") : command + " \"$1\""
        // The shell gives way to the command where it can, so that the time limit reaches it.
        process.arguments = ["-c", line, "check", path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw Diagnostic("reduce.check", command, "the check cannot be started", found: error.localizedDescription)
        }
        let isTimedOut = !wait(process)
        if isTimedOut { return .timedOut }
        guard process.terminationReason == .exit else { return .signal(process.terminationStatus) }
        switch process.terminationStatus {
        case 0: return .interesting
        case 126, 127:
            throw Diagnostic(
                "reduce.check", command, "the shell cannot run the check", expected: "a command", found: "exit code \(process.terminationStatus)")
        case let code: return .uninteresting(code: code)
        }
    }

    /// Whether the process ended in time; otherwise it is ended here.
    private func wait(_ process: Process) -> Bool {
        let end = Date(timeIntervalSinceNow: timeout)
        while process.isRunning {
            guard Date() < end else {
                process.terminate()
                process.waitUntilExit()
                return false
            }
            usleep(500)
        }
        process.waitUntilExit()
        return true
    }
}

extension CheckCommand.Verdict: CustomStringConvertible {
    public var description: String {
        switch self {
        case .interesting: "exit code 0"
        case .uninteresting(let code): "exit code \(code)"
        case .signal(let number): "signal \(number)"
        case .timedOut: "no end in time"
        }
    }
}
