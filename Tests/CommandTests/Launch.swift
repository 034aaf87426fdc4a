import Foundation

/// A started process whose output goes to files: pipes could be inherited by another process and never end.
final class Launch {
    private let process = Process()
    private let folder: TemporaryFolder
    private let command: String

    /// In seconds; a process that takes longer is stopped, and its test fails.
    private let patience: Double

    init(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil, patience: Double = 180
    ) throws {
        self.patience = patience
        folder = try TemporaryFolder()
        command = ([path] + arguments).joined(separator: " ")
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        // A backtrace takes long; that there would have been one shows in the signal.
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
            .merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(folder.path("output"))
        process.standardError = try Self.file(folder.path("errors"))
        try process.run()
    }

    private static func file(_ path: String) throws -> FileHandle {
        try Foundation.Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func wait() throws -> Outcome {
        let identifier = process.processIdentifier
        let watchdog = DispatchWorkItem { kill(identifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + patience, execute: watchdog)
        process.waitUntilExit()
        watchdog.cancel()
        return Outcome(
            command: command, status: process.terminationStatus, isSignal: process.terminationReason == .uncaughtSignal,
            output: try String(contentsOfFile: folder.path("output"), encoding: .utf8),
            errors: try String(contentsOfFile: folder.path("errors"), encoding: .utf8))
    }
}
