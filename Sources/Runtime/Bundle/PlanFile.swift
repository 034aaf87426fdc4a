import Foundation
import Graph

/// The files of a bundle.
enum PlanFile: String, CaseIterable {
    case program = "program.dg"
    case source = "kernels.c"
    case library = "kernels.so"
    case manifest = "manifest.json"

    /// The files that the manifest has fingerprints of.
    static let fingerprinted: [PlanFile] = [.program, .source, .library]

    func path(in folder: String) -> String { "\(folder)/\(rawValue)" }

    /// The file's bytes.
    ///
    /// - Throws: `plan.missing`, `plan.not-folder` or `plan.incomplete`.
    func contents(in folder: String) throws(Diagnostic) -> Foundation.Data {
        if let bytes = FileManager.default.contents(atPath: path(in: folder)) { return bytes }
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw Diagnostic("plan.missing", folder, "there is no such plan", expected: Self.origin)
        }
        guard isFolder.boolValue else {
            throw Diagnostic("plan.not-folder", folder, "a plan is a folder, not a file", expected: Self.origin)
        }
        throw Diagnostic(
            "plan.incomplete", path(in: folder), "the plan lacks this file, or it cannot be read", expected: Self.origin)
    }

    private static let origin = "a folder written by dgc compile"

    func fingerprint(in folder: String) throws(Diagnostic) -> String {
        ContentHash.of(try contents(in: folder))
    }
}
