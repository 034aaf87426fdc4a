import Data
import Foundation
import Graph

/// The folder of a training run: what it was started with, what came of it, and all that is needed to go on.
///
/// After each epoch the metrics grow by a record, then the state is replaced: with that the epoch is over. What else
/// there is follows from the state, so a process that ends at any moment leaves a run that can go on.
public struct RunFolder {
    public let path: String
    private let isNew: Bool
    private let lock: FolderLock

    /// A folder for a new run.
    ///
    /// - Parameter overwrite: whether the files of an older run may be replaced; other files stay.
    /// - Throws: `train.exists`, `folder.busy`, or why files cannot be written.
    public static func create(path: String, overwrite: Bool) throws(Diagnostic) -> RunFolder {
        let isNew = try OutputFolder.create(path)
        let folder = RunFolder(path: path, isNew: isNew, lock: try FolderLock(path))
        do throws(Diagnostic) {
            for file in RunFile.allCases { try AtomicFile.check(file.path(in: path)) }
            if !overwrite { try checkIsFree(path) }
        } catch {
            if isNew { rmdir(path) }
            throw error
        }
        return folder
    }

    /// - Throws: `train.exists` if the folder has a run.
    public static func checkIsFree(_ path: String) throws(Diagnostic) {
        // A specification alone is what a process left that ended before its run had begun.
        let file = RunFile.allCases.first { file in
            // A folder of such a name is no run, and is refused when the files are to be written.
            var isFolder = ObjCBool(false)
            return file != .specification && FileManager.default.fileExists(atPath: file.path(in: path), isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        guard let file else { return }
        throw Diagnostic(
            "train.exists", path, "the folder has a run already",
            expected: "--resume to go on with it, --overwrite to replace it, or another folder", found: file.rawValue)
    }

    /// The folder of a run that was started before.
    ///
    /// - Throws: `train.missing`, or `folder.busy`.
    public static func open(path: String) throws(Diagnostic) -> RunFolder {
        guard hasRun(path) else {
            throw Diagnostic(
                "train.missing", path, "there is no run to go on with", expected: "a folder with \(RunFile.description.rawValue)")
        }
        return RunFolder(path: path, isNew: false, lock: try FolderLock(path))
    }

    /// Whether a run was started there that can be resumed.
    public static func hasRun(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: RunFile.description.path(in: path))
    }

    // MARK: What the run was started with

    /// Removes an older run's files and writes down what the new one is started with; from then on it can be resumed.
    public func begin(_ description: RunDescription, specification: String) throws(Diagnostic) {
        if let older = try? RunDescription(file: RunFile.description.path(in: path)) {
            for seed in older.options.seeds ?? [] { Self.removeFiles(in: Self.path(of: seed, in: path), withFolder: true) }
        }
        Self.removeFiles(in: path, withFolder: false)
        try AtomicFile.write(Array((specification + "\n").utf8), to: RunFile.specification.path(in: path))
        try description.write(to: RunFile.description.path(in: path))
    }

    public func description() throws(Diagnostic) -> RunDescription {
        try RunDescription(file: RunFile.description.path(in: path))
    }

    public func specification() throws(Diagnostic) -> String {
        try TextFile.read(path: RunFile.specification.path(in: path))
    }

    /// The folder of one of several seeds.
    public static func path(of seed: Int, in path: String) -> String { "\(path)/seed-\(seed)" }

    /// Removes a new run again that did not come to a state to go on from.
    public func discardIfEmpty() {
        guard FilePresence.isAbsent(RunFile.state.path(in: path)) else { return }
        Self.removeFiles(in: path, withFolder: isNew)
    }

    private static func removeFiles(in path: String, withFolder: Bool) {
        for file in RunFile.allCases {
            unlink(file.path(in: path))
            // A process that was killed before its run had begun leaves what it was writing.
            AtomicFile.removeUnfinished(file.path(in: path))
        }
        if withFolder { rmdir(path) }
    }

    /// Removes what was being written when the process is about to end; what is there is whole and stays.
    public static func discardUnfinished(_ paths: [String]) {
        AtomicFile.endWriting()
        for path in paths {
            for file in RunFile.allCases { AtomicFile.removeUnfinished(file.path(in: path)) }
        }
    }

    // MARK: Several seeds

    /// Writes what several seeds have found.
    public func finish(_ summary: SeedSummary) throws(Diagnostic) {
        try AtomicFile.write(Array(summary.csv.utf8), to: RunFile.summaryTable.path(in: path))
        try AtomicFile.write(Array((summary.json + "\n").utf8), to: RunFile.summary.path(in: path))
    }
}
