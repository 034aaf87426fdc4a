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
            // Else a power failure could take the folder, and what is brought to the disk in it.
            if isNew { try AtomicFile.synchronizeFolder(of: path) }
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
            let path = file.path(in: path)
            guard file != .specification, !FilePresence.isAbsent(path) else { return false }
            // A folder of such a name is no run, and is refused when the files are to be written.
            var isFolder = ObjCBool(false)
            return !(FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue)
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
        !FilePresence.isAbsent(RunFile.description.path(in: path))
    }

    /// Whether what a run has reached is there.
    public static func hasState(_ path: String) -> Bool { !FilePresence.isAbsent(RunFile.state.path(in: path)) }

    // MARK: What the run was started with

    /// Replaces an older run's files by what the new one is started with; from then on it can be resumed.
    ///
    /// The older run goes when the new one's files are on the disk and lack only their names. Its state makes room for the new one's:
    /// two whole runs may not fit onto the disk.
    public func begin(_ description: RunDescription, specification: String) throws(Diagnostic) {
        Self.removeUnfinished(in: path)
        let seeds = (try? RunDescription(file: RunFile.description.path(in: path)))?.options.seeds ?? []
        let older = [path] + seeds.map { Self.path(of: $0, in: path) }
        let new = (description.options.seeds ?? []).map { Self.path(of: $0, in: path) }
        try Self.checkIsElsewhere(description.options.initial?.path, older + new)
        var prepared: [AtomicFile] = []
        var isReplaced = false
        do throws(Diagnostic) {
            prepared.append(
                try AtomicFile.prepare(Array((specification + "\n").utf8), for: RunFile.specification.path(in: path)))
            prepared.append(try description.prepare(for: RunFile.description.path(in: path)))
            try Self.removeRun(in: older)
            isReplaced = true
            for file in prepared { try file.publish() }
        } catch {
            for file in prepared { file.discard() }
            if isReplaced { discardIfEmpty() } else if isNew { rmdir(path) }
            throw error
        }
    }

    /// A training would lose its own first values with the older run, and again could not be resumed without them.
    private static func checkIsElsewhere(_ initial: String?, _ folders: [String]) throws(Diagnostic) {
        guard let initial else { return }
        func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        guard folders.contains(where: { folder in RunFile.allCases.contains { place($0.path(in: folder)) == place(initial) } })
        else { return }
        throw Diagnostic(
            "train.initial", initial, "the first values are a file of the run that is to be replaced",
            expected: "a copy of the file elsewhere, or another folder for the new run")
    }

    /// Removes an older run; the first folder is the run's, the others those of its seeds.
    ///
    /// As long as its states are there, the older run can be resumed; a file that stays then is replaced by the new run's.
    private static func removeRun(in folders: [String]) throws(Diagnostic) {
        for file in [RunFile.summaryTable, .summary, .result, .state] {
            for folder in folders { try remove(file.path(in: folder)) }
        }
        // The description first: what has none is no run any more.
        removeFiles(in: folders[0], withFolder: false)
        for folder in folders.dropFirst() {
            removeUnfinished(in: folder)
            removeFiles(in: folder, withFolder: true)
        }
    }

    private static func remove(_ path: String) throws(Diagnostic) {
        guard unlink(path) != 0, !FilePresence.isAbsent(path) else { return }
        throw Diagnostic(
            "folder.unwritable", path, "the older run's file cannot be removed", expected: "the right to replace the run",
            found: SystemError.lastReason)
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
        guard !Self.hasState(path) else { return }
        Self.removeUnfinished(in: path)
        Self.removeFiles(in: path, withFolder: isNew)
    }

    private static func removeFiles(in path: String, withFolder: Bool) {
        for file in RunFile.allCases { unlink(file.path(in: path)) }
        if withFolder { rmdir(path) }
    }

    /// A process that was killed leaves what it was writing.
    private static func removeUnfinished(in path: String) {
        for file in RunFile.allCases { AtomicFile.removeUnfinished(file.path(in: path)) }
    }

    /// Removes what was being written when the process is about to end; what is there is whole and stays.
    public static func discardUnfinished(_ paths: [String]) {
        AtomicFile.endWriting()
        for path in paths { removeUnfinished(in: path) }
    }

    // MARK: Several seeds

    /// Writes what several seeds have found.
    public func finish(_ summary: SeedSummary) throws(Diagnostic) {
        try AtomicFile.write(Array(summary.csv.utf8), to: RunFile.summaryTable.path(in: path))
        try AtomicFile.write(Array((summary.json + "\n").utf8), to: RunFile.summary.path(in: path))
    }
}
