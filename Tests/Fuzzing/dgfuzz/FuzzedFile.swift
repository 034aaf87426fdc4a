import Foundation
import Graph

/// A file in memory that is written anew for each input.
struct FuzzedFile {
    private let descriptor: Int32
    private let path: String

    init() {
        var template = Array("/dev/shm/dgfuzz-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        precondition(descriptor >= 0, "no file in memory")
        // It goes with the process, however that ends.
        unlink(template)
        path = "/proc/self/fd/\(descriptor)"
    }

    func with(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (String) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        precondition(ftruncate(descriptor, 0) == 0)
        if let base = bytes.baseAddress, !bytes.isEmpty { precondition(pwrite(descriptor, base, bytes.count, 0) == bytes.count) }
        try body(path)
    }
}
