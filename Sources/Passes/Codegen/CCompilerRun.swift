import Dispatch
import Foundation
import Graph
import Synchronization

/// One call of the C compiler.
struct CCompilerRun: Sendable {
    let compiler: String
    let arguments: [String]
    let folder: String

    /// - Parameter folder: where file names in the arguments begin.
    init(_ compiler: String, _ arguments: [String], in folder: String) {
        self.compiler = compiler
        self.arguments = arguments
        self.folder = folder
    }

    /// Makes all calls, as many at a time as there are processors.
    ///
    /// - Throws: the failure of the first of those that failed.
    static func runSideBySide(_ runs: [CCompilerRun]) throws(Diagnostic) {
        let failures = Mutex([Diagnostic?](repeating: nil, count: runs.count))
        DispatchQueue.concurrentPerform(iterations: runs.count) { index in
            // After a failure the rest would be work in vain.
            guard failures.withLock({ $0.allSatisfy { $0 == nil } }) else { return }
            do throws(Diagnostic) {
                _ = try runs[index].output()
            } catch {
                failures.withLock { $0[index] = error }
            }
        }
        if let failure = failures.withLock({ $0.compactMap { $0 }.first }) { throw failure }
    }

    /// What the compiler says when it succeeds.
    func output() throws(Diagnostic) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: compiler)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw failure("cannot be started: \(error.localizedDescription)")
        }
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self)
        guard process.terminationReason == .exit else {
            throw failure("was ended by signal \(process.terminationStatus)", said: text)
        }
        guard process.terminationStatus == 0 else {
            throw failure("failed with exit status \(process.terminationStatus)", said: text)
        }
        return text
    }

    private func failure(_ reason: String, said text: String = "") -> Diagnostic {
        let lines = text.split(separator: "\n")
        let first = lines.firstIndex { $0.contains("error:") } ?? lines.startIndex
        // A place in the source says that the code is wrong, if the compiler is one that dg knows.
        let isRejected = lines.contains { $0.contains(".c:") && $0.contains(": error: ") }
        return Diagnostic(
            "compiler.failed", compiler, "the C compiler \(reason)",
            expected: "a clang or gcc that compiles for this machine; DG_CC can name another one",
            found: lines.isEmpty ? "no message" : lines[first...].prefix(3).joined(separator: " | "),
            kind: isRejected ? .compilerBug : .userError)
    }
}
