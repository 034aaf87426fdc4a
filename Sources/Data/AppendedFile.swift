import Foundation
import Graph

/// A file that grows by whole records; each is on the disk when its append returns.
public struct AppendedFile {
    public let path: String

    public init(path: String) { self.path = path }

    /// Adds a record at the end of the file, which must exist.
    ///
    /// - Throws: `file.unwritable`; what part of the record was written stays, and is cut off by who resumes.
    public func append(_ bytes: [UInt8]) throws(Diagnostic) {
        let descriptor = try openForWriting(O_APPEND)
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw AtomicFile.unwritable(path, SystemError.lastReason) }
            written += max(count, 0)
        }
        guard fsync(descriptor) == 0 else { throw AtomicFile.unwritable(path, SystemError.lastReason) }
    }

    /// Everything that is in the file.
    public func contents() throws(Diagnostic) -> [UInt8] {
        let file = try InputFile(path: path)
        return try file.bytes(at: 0, count: file.size)
    }

    /// Cuts off what follows the first bytes.
    public func truncate(to size: Int) throws(Diagnostic) {
        let descriptor = try openForWriting(0)
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw AtomicFile.unwritable(path, SystemError.lastReason) }
    }

    /// Follows no link: a folder from somebody else must not lead to other files.
    private func openForWriting(_ flag: Int32) throws(Diagnostic) -> Int32 {
        let descriptor = open(path, O_WRONLY | O_NOFOLLOW | flag)
        guard descriptor >= 0 else { throw AtomicFile.unwritable(path, SystemError.lastReason) }
        return descriptor
    }
}
