import Foundation
import Graph

/// A file that appears complete or not at all: written under another name in the same folder, then renamed.
public struct AtomicFile {
    private let path: String
    private let temporaryPath: String
    private let descriptor: Int32

    /// Held while a file is being written.
    private static let writing = NSLock()

    /// Waits until no file is being written, and lets none be written from then on: for a process that is about to end.
    public static func endWriting() { writing.lock() }

    /// Checks that a file can be written there, so that a long computation does not end without a place for its result.
    public static func check(_ path: String) throws(Diagnostic) {
        writing.lock()
        defer { writing.unlock() }
        let file = try AtomicFile(path: path)
        close(file.descriptor)
        unlink(file.temporaryPath)
    }

    /// Removes what an interrupted process has left of a file that it was writing.
    public static func removeUnfinished(_ path: String) {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where name.hasPrefix(temporaryPrefix(url)) && name.hasSuffix(temporarySuffix) {
            unlink(folder.appendingPathComponent(name).path)
        }
    }

    private static let temporarySuffix = ".tmp"

    private static func temporaryPrefix(_ url: URL) -> String { ".\(url.lastPathComponent)." }

    /// Writes whole contents, which get their name when they are published: until then an older file is what stands there.
    public static func prepare(_ bytes: [UInt8], for path: String) throws(Diagnostic) -> AtomicFile {
        writing.lock()
        defer { writing.unlock() }
        let file = try AtomicFile(path: path)
        defer { close(file.descriptor) }
        do throws(Diagnostic) {
            try file.append(bytes)
            try file.synchronize()
        } catch {
            file.discard()
            throw error
        }
        return file
    }

    /// Gives prepared contents their name.
    public func publish() throws(Diagnostic) {
        Self.writing.lock()
        defer { Self.writing.unlock() }
        try rename()
    }

    /// Removes prepared contents that are not wanted any more.
    public func discard() { unlink(temporaryPath) }

    /// Writes whole contents.
    public static func write(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
        try write(to: path) { (file) throws(Diagnostic) in try file.append(bytes) }
    }

    /// Writes contents piece by piece; when the body throws, nothing is left behind and an older file stays as it was.
    static func write(
        to path: String, _ body: (AtomicFile) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        writing.lock()
        defer { writing.unlock() }
        let file = try AtomicFile(path: path)
        do throws(Diagnostic) {
            defer { close(file.descriptor) }
            try body(file)
            // The bytes are on the disk before the file has its name: a power failure leaves the old file or the new one.
            try file.synchronize()
            try file.rename()
        } catch {
            file.discard()
            throw error
        }
    }

    private init(path: String) throws(Diagnostic) {
        var information = stat()
        if stat(path, &information) == 0, information.st_mode & S_IFMT != S_IFREG {
            throw Diagnostic(
                "file.not-regular", path, "only a regular file can be replaced",
                expected: "a regular file, or none", found: "a folder or a device")
        }
        let url = URL(fileURLWithPath: path)
        let name = AtomicFile.temporaryPrefix(url) + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        self.path = path
        temporaryPath =
            url.deletingLastPathComponent().appendingPathComponent(name + AtomicFile.temporarySuffix).path
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL, 0o666)
        guard descriptor >= 0 else { throw AtomicFile.unwritable(path, SystemError.lastReason) }
    }

    func append(_ bytes: [UInt8]) throws(Diagnostic) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw AtomicFile.unwritable(path, SystemError.lastReason) }
            written += max(count, 0)
        }
    }

    /// Writes over bytes that were written before.
    func replace(_ bytes: [UInt8], at offset: Int) throws(Diagnostic) {
        guard bytes.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }) == bytes.count else {
            throw AtomicFile.unwritable(path, SystemError.lastReason)
        }
    }

    private func synchronize() throws(Diagnostic) {
        guard fsync(descriptor) == 0 else { throw AtomicFile.unwritable(path, SystemError.lastReason) }
    }

    /// The name is on the disk when this returns.
    private func rename() throws(Diagnostic) {
        guard Foundation.rename(temporaryPath, path) == 0 else { throw AtomicFile.unwritable(path, SystemError.lastReason) }
        try AtomicFile.synchronizeFolder(of: path)
    }

    /// Brings the names in a file's folder to the disk.
    public static func synchronizeFolder(of path: String) throws(Diagnostic) {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
        // One that may be written but not listed cannot be brought to the disk by name.
        if folder < 0, errno == EACCES { return }
        guard folder >= 0 else { throw unwritable(path, SystemError.lastReason) }
        defer { close(folder) }
        // Some file systems know no such thing for folders, and keep the order of names by themselves.
        guard fsync(folder) == 0 || errno == EINVAL || errno == ENOTSUP else { throw unwritable(path, SystemError.lastReason) }
    }

    static func unwritable(_ path: String, _ reason: String) -> Diagnostic {
        Diagnostic(
            "file.unwritable", path, "the file cannot be written",
            expected: "an existing folder with room and the right to write", found: reason)
    }
}
