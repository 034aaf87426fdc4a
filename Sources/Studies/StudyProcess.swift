import Foundation
import Graph
import Synchronization

/// A process that does one piece of a study: the compiler, or a training.
///
/// Its output comes through a pipe, so that it ends with the study's process when that is killed, at its next line.
final class StudyProcess: Sendable {
    enum Outcome: Hashable, Sendable {
        case done
        /// It ended otherwise than with exit code 0; the message is its own, or says how it ended.
        case failed(String)
        /// It ended after a signal that was sent to it here.
        case interrupted
    }

    private struct State {
        var process: Process?
        var isInterrupted = false
    }

    private let path: String
    private let arguments: [String]
    private let log: String
    private let starting: NSLock
    private let state = Mutex(State())

    /// - Parameters:
    ///   - log: the file for everything that the process prints.
    ///   - starting: held while a process is started, so that it does not inherit the pipe of another one that is.
    init(_ path: String, _ arguments: [String], log: String, starting: NSLock) {
        self.path = path
        self.arguments = arguments
        self.log = log
        self.starting = starting
    }

    /// Sends a signal, or keeps the process from being started.
    func interrupt(_ signal: Int32) {
        state.withLock { state in
            state.isInterrupted = true
            if let process = state.process, process.isRunning { kill(process.processIdentifier, signal) }
        }
    }

    /// Runs the process to its end.
    func run() -> Outcome {
        guard let pipe = start() else {
            return state.withLock(\.isInterrupted) ? .interrupted : .failed("\(path) cannot be started")
        }
        let file = FileHandle(forWritingAtPath: log)
        var (rest, lines) = (Data(), [String]())
        while true {
            let bytes = pipe.fileHandleForReading.availableData
            if bytes.isEmpty { break }
            try? file?.write(contentsOf: bytes)
            rest += bytes
            while let end = rest.firstIndex(of: 0x0a) {
                lines = lines.suffix(Self.keptLines - 1) + [String(decoding: rest[rest.startIndex..<end], as: UTF8.self)]
                rest = Data(rest[rest.index(after: end)...])
            }
        }
        return outcome(lines)
    }

    /// Of the output, for the message of a failure.
    private static let keptLines = 50

    private func start() -> Pipe? {
        starting.lock()
        defer { starting.unlock() }
        let pipe = Pipe()
        for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] { _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC) }
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        return state.withLock { state in
            guard !state.isInterrupted, (try? process.run()) != nil else { return nil }
            state.process = process
            return pipe
        }
    }

    private func outcome(_ lines: [String]) -> Outcome {
        guard let process = state.withLock(\.process) else { return .interrupted }
        process.waitUntilExit()
        let (status, isSignal) = (process.terminationStatus, process.terminationReason == .uncaughtSignal)
        if status == 0 && !isSignal { return .done }
        if state.withLock(\.isInterrupted) { return .interrupted }
        if isSignal { return .failed("ended by signal \(status)") }
        let message = lines.last { $0.contains(#/(error|compiler bug|not supported)\[[a-z0-9.-]+\]: /#) }
        return .failed(message ?? "exit code \(status)")
    }
}
