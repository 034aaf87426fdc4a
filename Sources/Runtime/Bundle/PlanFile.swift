import Foundation
import Graph

/// The files of a bundle.
enum PlanFile: String, CaseIterable {
    case graph = "graph.dg"
    case kernels = "kernels.dg"
    case program = "program.dg"
    case source = "kernels.c"
    case library = "kernels.so"
    case manifest = "manifest.json"

    /// The files that the manifest has fingerprints of.
    static let fingerprinted: [PlanFile] = [.graph, .kernels, .program, .source, .library]

    /// The files that running a plan reads; the others are for people and tools, and checked when they are read.
    static let needed: [PlanFile] = [.program, .source, .library]

    func path(in folder: String) -> String { "\(folder)/\(rawValue)" }

    /// The file's bytes.
    ///
    /// - Throws: `plan.missing`, `plan.not-folder`, `plan.file-kind` or `plan.incomplete`.
    func contents(in folder: String) throws(Diagnostic) -> Foundation.Data {
        try checkKind(in: folder)
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

    /// A link could lead anywhere, and reading a pipe might never end.
    private func checkKind(in folder: String) throws(Diagnostic) {
        var information = stat()
        guard lstat(path(in: folder), &information) == 0 else { return }
        let kind = information.st_mode & S_IFMT
        guard kind != S_IFREG, kind != S_IFDIR else { return }
        throw Diagnostic(
            "plan.file-kind", path(in: folder), "a plan's file is a link or a device", expected: "a regular file",
            found: kind == S_IFLNK ? "a symbolic link" : "a device or a pipe")
    }

    private static let origin = "a folder written by dgc compile"

    func fingerprint(in folder: String) throws(Diagnostic) -> String {
        ContentHash.of(try contents(in: folder))
    }

    /// The file's bytes, if they are those that the manifest has the fingerprint of.
    ///
    /// - Throws: `plan.hash`, or what `contents(in:)` throws.
    @discardableResult
    func checkedContents(in folder: String, _ manifest: PlanManifest) throws(Diagnostic) -> Foundation.Data {
        let bytes = try contents(in: folder)
        let (expected, found) = (manifest.files[rawValue], ContentHash.of(bytes))
        guard expected == found else {
            throw Diagnostic(
                "plan.hash", path(in: folder), "the file is not the one that was compiled",
                expected: "fingerprint \(expected ?? "in the manifest")", found: found)
        }
        return bytes
    }
}
