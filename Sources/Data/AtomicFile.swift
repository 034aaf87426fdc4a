import Foundation
import Graph

/// A file that appears complete or not at all: written under another name in the same folder, then renamed.
public struct AtomicFile {
    private let path: String
    private let temporaryPath: String
    private let handle: FileHandle

    /// Writes whole contents.
    public static func write(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
        try write(to: path) { (file) throws(Diagnostic) in try file.append(bytes) }
    }

    /// Writes contents piece by piece; when the body throws, nothing is left behind and an older file stays as it was.
    static func write(
        to path: String, _ body: (AtomicFile) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let file = try AtomicFile(path: path)
        do throws(Diagnostic) {
            try body(file)
            try file.commit()
        } catch {
            unlink(file.temporaryPath)
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
        let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        self.path = path
        temporaryPath =
            url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(suffix).tmp").path
        let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL, 0o666)
        guard descriptor >= 0 else {
            throw AtomicFile.unwritable(path, SystemError.lastReason)
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func append(_ bytes: [UInt8]) throws(Diagnostic) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw AtomicFile.unwritable(path, "\(error)")
        }
    }

    private func commit() throws(Diagnostic) {
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw AtomicFile.unwritable(path, "\(error)")
        }
        guard rename(temporaryPath, path) == 0 else {
            throw AtomicFile.unwritable(path, SystemError.lastReason)
        }
    }

    private static func unwritable(_ path: String, _ reason: String) -> Diagnostic {
        Diagnostic("file.unwritable", path, "the file cannot be written", found: reason)
    }
}
