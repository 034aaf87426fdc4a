import Foundation
import Graph
import Runtime

/// The folders of the runs that a report shows, each with the name that it has there.
struct ReportedFolders {
    struct Folder {
        /// Seeds of one run share it.
        var name: String
        var path: String
    }

    let all: [Folder]
    /// What is left out, in sentences.
    let notes: [String]
    /// The keys of sweeps, in their order.
    let keys: [String]

    /// - Parameter arguments: folders of runs, of several seeds, of ablations or of sweeps.
    init(_ arguments: [String]) throws(Diagnostic) {
        var all: [Folder] = []
        var notes: [String] = []
        var keys: [String] = []
        for (argument, name) in zip(arguments, Self.shortened(arguments)) {
            let folders: [Folder]
            if StudyIndex.isThere(argument) {
                let study = try StudyIndex(path: argument)
                folders = Self.folders(study, in: argument, prefix: arguments.count == 1 ? "" : "\(name): ")
                keys += (study.axes ?? []).map(\.key).filter { !keys.contains($0) }
                let count = study.unfinishedCount
                if count > 0 { notes.append("Without \(count) \(count == 1 ? "run" : "runs") of \(name), open or failed.") }
            } else {
                folders = try RunRecord.paths(in: argument).map { Folder(name: name, path: $0) }
            }
            all += folders.filter { folder in !all.contains { $0.path == folder.path } }
        }
        (self.all, self.notes, self.keys) = (all, notes, keys)
    }

    private static func folders(_ study: StudyIndex, in path: String, prefix: String) -> [Folder] {
        study.rows.flatMap { row in row.finished.map { Folder(name: prefix + row.title, path: "\(path)/\($0.folder)") } }
    }

    /// Paths without what all of them begin with, or the last part of a single one.
    private static func shortened(_ paths: [String]) -> [String] {
        let parts = paths.map { RunDescription.absolute($0).split(separator: "/").map(String.init) }
        var shared = 0
        while let part = parts.first?.dropFirst(shared).first, parts.allSatisfy({ $0.count > shared + 1 && $0[shared] == part }) {
            shared += 1
        }
        return parts.map { $0.dropFirst(shared).joined(separator: "/") }
    }
}
