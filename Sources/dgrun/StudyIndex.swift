import Data
import Foundation
import Graph

/// The runs of an ablation or a sweep, by the `table.json` of its folder.
struct StudyIndex: Decodable {
    struct Row: Decodable {
        var title: String
        var runs: [Run]
    }

    struct Run: Decodable {
        /// From the study's folder.
        var folder: String
        var status: String
    }

    /// Of a sweep.
    struct Axis: Decodable {
        var key: String
    }

    var axes: [Axis]?
    var rows: [Row]

    static func file(in path: String) -> String { "\(path)/table.json" }

    static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: file(in: path)) }

    /// - Throws: `report.study`, or why the file cannot be read.
    init(path: String) throws(Diagnostic) {
        let file = Self.file(in: path)
        let text = try TextFile.read(path: file)
        guard let index = try? JSONDecoder().decode(StudyIndex.self, from: Foundation.Data(text.utf8)),
            index.rows.flatMap(\.runs).allSatisfy({ Self.isInside($0.folder) })
        else {
            throw Diagnostic(
                "report.study", file, "the file is not the table of a study", expected: "what dgrun ablate or dgrun sweep wrote")
        }
        self = index
        guard rows.contains(where: { !$0.finished.isEmpty }) else {
            throw Diagnostic("report.study", file, "no run of the study is over", expected: "a run whose status is done")
        }
    }

    private static func isInside(_ folder: String) -> Bool { !folder.hasPrefix("/") && !folder.split(separator: "/").contains("..") }

    /// How many runs are open or have failed.
    var unfinishedCount: Int { rows.reduce(0) { $0 + $1.runs.count - $1.finished.count } }
}

extension StudyIndex.Row {
    var finished: [StudyIndex.Run] { runs.filter { $0.status == "done" } }
}
