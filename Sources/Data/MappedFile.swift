import Foundation
import Graph

/// A file in the address space, for reading: its pages come from the disk when they are first touched.
///
/// Together with `ByteView` the only place where files become pointers. A file that becomes shorter meanwhile ends the process with
/// a message (`MappedFileFault`).
final class MappedFile: @unchecked Sendable {
    let count: Int
    /// Never written through, and unmapped only at the end: safe to share.
    private let base: UnsafeMutableRawPointer?

    /// - Parameter descriptor: of an open file with at least `count` bytes; it may be closed afterwards.
    init(descriptor: Int32, count: Int, path: String) throws(Diagnostic) {
        self.count = count
        guard count > 0 else {
            base = nil
            return
        }
        let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let base, base != MAP_FAILED else {
            throw Diagnostic(
                "file.unmappable", path, "the file cannot be mapped into memory", expected: "\(count) bytes of addresses",
                found: SystemError.lastReason)
        }
        self.base = base
        MappedFileFault.add(base, count: count, path: path)
    }

    deinit {
        guard let base else { return }
        MappedFileFault.remove(base)
        munmap(base, count)
    }

    /// Trusts that the range lies within the file: `ByteView` checks.
    func buffer(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        guard let base else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    /// Gives the memory of whole pages within a range back; they are read again when they are touched again.
    func release(_ range: Range<Int>) {
        let page = Int(getpagesize())
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        if let base, start < end { madvise(base + start, end - start, MADV_DONTNEED) }
    }
}
