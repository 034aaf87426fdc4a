import Foundation
import Testing

/// The files of the repository that tests read, found from the place of this file.
enum TestFiles {
    static func path(_ relative: String, from file: String = #filePath) -> String {
        let root = URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appendingPathComponent(relative).path
    }

    static func read(_ relative: String) throws -> String {
        try String(contentsOfFile: path(relative), encoding: .utf8)
    }

    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
    }

    /// Requires that a file of the repository holds exactly this text; with `DG_RECORD=all` writes it first, and fails.
    static func expect(_ relative: String, toHold text: String) throws {
        if ProcessInfo.processInfo.environment["DG_RECORD"] == "all" {
            try text.write(toFile: path(relative), atomically: true, encoding: .utf8)
            Issue.record("recorded \(relative)")
            return
        }
        let written = (try? read(relative)) ?? ""
        // Printing both texts would say less than the first line that differs.
        let isCurrent = written == text
        let lines = zip(written.split(separator: "\n"), text.split(separator: "\n")).first { $0 != $1 }
        #expect(isCurrent, "\(relative) is out of date; run the tests with DG_RECORD=all; \(lines.map { "\($0)" } ?? "another length")")
    }
}
