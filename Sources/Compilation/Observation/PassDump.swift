import Data
import Foundation
import Graph
import Passes
import Synchronization

/// Writes what every pass gives to a file of its own, where the pass changed something.
///
/// `00-input.graph.dg` is what the first pass takes, `03-simplify.graph.dg` what the third one gives; numbers that are
/// missing are those of passes that changed nothing.
public final class PassDump: PassObserver {
    private let folder: String
    private let perEntry: Bool
    /// How many passes have run, by the name of what they ran on.
    private let counts = Mutex<[String: Int]>([:])

    /// - Parameters:
    ///   - folder: created where there is none.
    ///   - perEntry: whether every entry of a plan has a folder of its own in it.
    /// - Throws: `folder.not-empty`: older dumps are never mixed with new ones.
    public init(folder: String, perEntry: Bool) throws(Diagnostic) {
        self.folder = folder
        self.perEntry = perEntry
        guard try !OutputFolder.create(folder) else { return }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard names.isEmpty else {
            throw Diagnostic(
                "folder.not-empty", folder, "the folder holds files already", expected: "an empty folder, or nothing",
                found: "\(names.count) files")
        }
    }

    public func didRun(
        _ pass: LevelPass, _ report: PassManager.Report, before: Representation, after: Representation
    ) throws(Diagnostic) {
        let number = counts.withLock { counts in
            counts[before.name, default: 0] += 1
            return counts[before.name] ?? 0
        }
        if number == 1 { try write(before, "00-input") }
        if report.changed { try write(after, "\(number < 10 ? "0" : "")\(number)-\(pass.name)") }
    }

    private func write(_ value: Representation, _ name: String) throws(Diagnostic) {
        var path = folder
        if perEntry {
            path += "/\(value.name)"
            try OutputFolder.create(path)
        }
        try AtomicFile.write(Array(value.text.utf8), to: "\(path)/\(name).\(value.level.rawValue).dg")
    }
}
