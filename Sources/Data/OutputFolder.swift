import Foundation
import Graph

/// Folders that results are written into.
public enum OutputFolder {
    /// Creates a folder where there is none.
    ///
    /// The folder around it must exist: a misspelled path makes no folders.
    /// - Returns: whether it was created; false where it existed.
    @discardableResult
    public static func create(_ path: String) throws(Diagnostic) -> Bool {
        guard !path.isEmpty else {
            throw Diagnostic("folder.name", "an empty path", "a folder has a name", expected: "a path")
        }
        if mkdir(path, 0o777) == 0 { return true }
        let reason = SystemError.lastReason
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Diagnostic(
                "folder.unwritable", path, "the folder cannot be created",
                expected: "an existing folder that can be written around it", found: reason)
        }
        guard isFolder.boolValue else {
            throw Diagnostic("folder.not-folder", path, "a file stands where a folder is needed", expected: "a folder, or nothing")
        }
        return false
    }
}
