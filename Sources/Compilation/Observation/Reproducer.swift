import Data
import Foundation
import Graph
import Passes

/// Writes what a failing pass was given to a file that runs it again.
public struct Reproducer: PassObserver {
    private let path: String

    /// - Parameter path: a number is added where a file stands already.
    public init(path: String) {
        self.path = path
    }

    public var watchesEveryPass: Bool { false }

    public func didFail(_ pass: LevelPass, before: Representation, _ failure: Diagnostic) -> Diagnostic {
        adding(to: failure, [pass], before, comments: [failure.description])
    }

    public func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {}

    /// Writes a text with the command that runs passes on it, and names the file in the failure.
    func adding(
        to failure: Diagnostic, _ passes: [LevelPass], _ source: Representation, comments: [String], options: String = ""
    ) -> Diagnostic {
        var failure = failure
        let file = freePath
        let lines = comments.flatMap { $0.split(whereSeparator: \.isNewline) }.map { "// \($0)\n" }
        let list = passes.map(\.spelling).joined(separator: ",")
        let command = "// To run it again: dgc opt \(file) --passes \(list)\(options)\n"
        do throws(Diagnostic) {
            try AtomicFile.write(Array((lines.joined() + command + source.text).utf8), to: file)
            failure.message += "; \(file) runs it again"
        } catch {
            failure.message += "; what it was given could not be written: \(error.message)"
        }
        return failure
    }

    private var freePath: String {
        let ending = path.hasSuffix(".dg") ? ".dg" : ""
        let stem = path.dropLast(ending.count)
        var (candidate, number) = (path, 2)
        while FileManager.default.fileExists(atPath: candidate) { (candidate, number) = ("\(stem)-\(number)\(ending)", number + 1) }
        return candidate
    }
}
