import Foundation
import Graph
import Passes
import Testing

/// A folder in `Tests/Golden/passes` that says what passes do to an input; `Tests/Golden/README.md` says what is in it.
struct GoldenPassCase: CustomTestStringConvertible {
    static let folder = "Tests/Golden/passes"

    let name: String
    var testDescription: String { name }

    static func all() throws -> [GoldenPassCase] {
        try TestFiles.names(in: folder).filter { !$0.hasPrefix(".") }.map(GoldenPassCase.init)
    }

    func path(_ file: String) -> String { "\(Self.folder)/\(name)/\(file)" }

    func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: TestFiles.path(path(file))) }

    /// Passes that lead to the state before, and the passes that the case is about.
    func passes() throws -> (before: [String], shown: [String]) {
        let line = try TestFiles.read(path("passes")).trimmingCharacters(in: .whitespacesAndNewlines)
        let parts = line.split(separator: "|").map { part in
            part.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return parts.count == 2 ? (parts[0], parts[1]) : ([], parts.first ?? [])
    }

    /// The input after the passes before the bar, and after all.
    func run() throws -> (before: Representation, after: Representation) {
        let input = try Representation.parse(TestFiles.read(path("input.dg")), file: path("input.dg"))
        let passes = try passes()
        let before = try PassManager().run(passes.before.map(PassRegistry.pass), on: input)
        return (before, try PassManager().run(passes.shown.map(PassRegistry.pass), on: before))
    }
}
