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

    /// - Parameter arguments: folders of runs, or of several runs.
    init(_ arguments: [String]) throws(Diagnostic) {
        var all: [Folder] = []
        for argument in arguments {
            for path in try RunRecord.paths(in: argument) where !all.contains(where: { $0.path == path }) {
                all.append(Folder(name: argument, path: path))
            }
        }
        let names = Self.shortened(all.map(\.name))
        self.all = zip(all, names).map { Folder(name: $1, path: $0.path) }
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
