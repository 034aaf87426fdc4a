import Foundation
import Graph

/// A regular file, open for reading at any place, whose size is known before anything is read.
struct InputFile {
    let path: String
    let size: Int
    private let handle: FileHandle

    init(path: String) throws(Diagnostic) {
        // Not blocking: opening a pipe that nobody writes to would otherwise wait for ever.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK)
        guard descriptor >= 0 else {
            let reason = SystemError.lastReason
            throw Diagnostic("file.unreadable", path, "the file cannot be opened for reading", found: reason)
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            throw Diagnostic("file.unreadable", path, "the file cannot be looked at", found: SystemError.lastReason)
        }
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw Diagnostic(
                "file.not-regular", path, "only a regular file can be read",
                expected: "a regular file", found: "a folder or a device")
        }
        self.path = path
        size = Int(information.st_size)
    }

    /// The whole file in the address space, without reading it.
    func mapped() throws(Diagnostic) -> ByteView {
        ByteView(try MappedFile(descriptor: handle.fileDescriptor, count: size, path: path))
    }

    /// The bytes at a place; a place outside the file is refused without allocating anything.
    func bytes(at offset: Int, count: Int) throws(Diagnostic) -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
            throw Diagnostic(
                "file.range", path, "the file ends before the bytes that it refers to",
                expected: "\(count) bytes at \(offset)", found: "\(size) bytes in all")
        }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { bytes in
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
                return pread(handle.fileDescriptor, rest.baseAddress, rest.count, off_t(offset + filled))
            }
            guard got >= 0 || errno == EINTR else {
                throw Diagnostic("file.unreadable", path, "reading the file failed", found: SystemError.lastReason)
            }
            guard got != 0 else { throw Diagnostic("file.changed", path, "the file became shorter while it was read") }
            filled += max(got, 0)
        }
        return bytes
    }
}
