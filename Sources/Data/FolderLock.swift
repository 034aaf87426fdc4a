import Foundation
import Graph

/// Keeps other processes that ask for the same lock from writing into a folder; it ends with the process, however that ends.
public final class FolderLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `folder.busy` if another process has the lock, or `folder.unwritable`.
    public init(_ path: String) throws(Diagnostic) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Diagnostic(
                "folder.unwritable", path, "the folder cannot be opened", expected: "a folder", found: SystemError.lastReason)
        }
        // A file system without locks is no reason not to work.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            throw Diagnostic("folder.busy", path, "another process is writing into the folder", expected: "one process at a time")
        }
    }

    deinit { close(descriptor) }
}
