import Foundation
import Graph

/// A folder of this process alone, for files that nobody keeps.
public struct TemporaryFolder: Sendable {
    public let path: String

    /// Creates a folder of a name that nobody can guess, which only this user can enter.
    ///
    /// - Parameter purpose: begins the folder's name.
    public init(for purpose: String) throws(Diagnostic) {
        let base = FileManager.default.temporaryDirectory.appendingPathComponent("\(purpose)-XXXXXX").path
        var template = Array(base.utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Diagnostic(
                "folder.unwritable", base, "the folder cannot be created", expected: "a folder for temporary files, named by TMPDIR",
                found: SystemError.lastReason)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
