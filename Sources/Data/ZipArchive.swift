import Foundation
import Graph

/// A zip archive that is read member by member, by its directory.
struct ZipArchive {
    let path: String
    let members: [ZipMember]
    private let file: InputFile
    private let bytes: ByteView

    /// Opens an archive and checks every member's place and size before any is read.
    ///
    /// All members together may not unpack to more than `memoryLimit`: an archive whose small file claims more
    /// than the machine could hold is refused, not unpacked until memory ends.
    init(
        path: String, memoryLimit: Int = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    ) throws(Diagnostic) {
        self.path = path
        file = try InputFile(path: path)
        bytes = try file.mapped()
        members = try ZipDirectory.members(of: file)
        var total = 0
        for member in members {
            try check(member)
            let (sum, overflow) = total.addingReportingOverflow(member.size)
            guard !overflow, sum <= memoryLimit else {
                throw Diagnostic(
                    "npz.too-large", path, "the members do not fit into memory when unpacked",
                    expected: "at most \(memoryLimit) bytes", found: "more, at member \(member.name)"
                ).at(byte: member.headerOffset)
            }
            total = sum
        }
    }

    /// A member's contents: where they lie, or unpacked.
    ///
    /// - Parameter isVerified: whether they are compared with their checksum, which reads all of them.
    func contents(of member: ZipMember, isVerified: Bool = true) throws(Diagnostic) -> ByteView {
        let (packed, start) = try packed(member)
        let contents: ByteView
        switch member.method {
        case .stored: contents = packed
        case .deflated: contents = try unpacked(Inflate.inflate(packed, size: member.size), member, at: start)
        }
        guard isVerified else { return contents }
        let checksum = Inflate.crc32(contents)
        guard checksum == member.checksum else {
            throw Diagnostic(
                "npz.checksum", subject(member), "the member's contents are damaged",
                expected: "CRC-32 \(hexadecimal(member.checksum))", found: hexadecimal(checksum)
            ).at(byte: start)
        }
        return contents
    }

    /// The first bytes, or fewer where there are no more, of a member that would take much more memory than the file has bytes for
    /// it; nil for others.
    func beginning(of member: ZipMember, count: Int) throws(Diagnostic) -> ByteView? {
        guard member.method == .deflated, Inflate.isFarAbove(member.size, packed: member.compressedSize) else { return nil }
        let (packed, start) = try packed(member)
        return try unpacked(Inflate.beginning(of: packed, count: count), member, at: start)
    }

    private func packed(_ member: ZipMember) throws(Diagnostic) -> (bytes: ByteView, start: Int) {
        let start = try dataOffset(of: member)
        guard let packed = bytes.view(at: start, count: member.compressedSize) else { throw localMismatch(member) }
        return (packed, start)
    }

    private func check(_ member: ZipMember) throws(Diagnostic) {
        guard member.headerOffset <= file.size, member.compressedSize <= file.size - member.headerOffset else {
            throw Diagnostic(
                "npz.range", subject(member), "the member lies outside the file",
                expected: "within \(file.size) bytes",
                found: "\(member.compressedSize) bytes after \(member.headerOffset)"
            ).at(byte: file.size)
        }
        switch member.method {
        case .stored:
            guard member.size == member.compressedSize else {
                throw Diagnostic(
                    "npz.size", subject(member), "a stored member must have the same size packed and unpacked",
                    expected: "\(member.compressedSize) bytes", found: "\(member.size)"
                ).at(byte: member.headerOffset)
            }
        case .deflated:
            guard member.size / Inflate.largestRatio <= member.compressedSize else {
                throw Diagnostic(
                    "npz.ratio", subject(member), "no deflated data can unpack to the size that is claimed",
                    expected: "at most \(Inflate.largestRatio) times \(member.compressedSize) bytes",
                    found: "\(member.size) bytes"
                ).at(byte: member.headerOffset)
            }
        }
    }

    /// Where the data starts: the local header repeats the name and has an extra field of its own length.
    private func dataOffset(of member: ZipMember) throws(Diagnostic) -> Int {
        let mismatch = localMismatch(member)
        guard member.headerOffset <= file.size - ZipFormat.localSize else { throw mismatch }
        let header = try file.bytes(at: member.headerOffset, count: ZipFormat.localSize)
        guard
            LittleEndian.integer(UInt32.self, at: 0, in: header) == ZipFormat.localSignature,
            LittleEndian.integer(UInt16.self, at: 8, in: header) == member.method.rawValue,
            let nameLength = LittleEndian.integer(UInt16.self, at: 26, in: header),
            let extraLength = LittleEndian.integer(UInt16.self, at: 28, in: header),
            Int(nameLength) == member.name.utf8.count
        else { throw mismatch }
        let nameOffset = member.headerOffset + ZipFormat.localSize
        let dataOffset = nameOffset + Int(nameLength) + Int(extraLength)
        guard dataOffset <= file.size, member.compressedSize <= file.size - dataOffset else { throw mismatch }
        let name = try file.bytes(at: nameOffset, count: Int(nameLength))
        guard name.elementsEqual(member.name.utf8) else { throw mismatch }
        return dataOffset
    }

    private func localMismatch(_ member: ZipMember) -> Diagnostic {
        Diagnostic("npz.local-header", subject(member), "the member's own header disagrees with the directory")
            .at(byte: member.headerOffset)
    }

    private func unpacked(
        _ outcome: Result<[UInt8], Inflate.Failure>, _ member: ZipMember, at start: Int
    ) throws(Diagnostic) -> ByteView {
        switch outcome {
        case .success(let contents): return ByteView(contents)
        case .failure(.outOfMemory):
            throw Diagnostic("npz.memory", subject(member), "there is no memory to unpack the member").at(byte: start)
        case .failure(.invalidStream):
            throw Diagnostic("npz.deflate", subject(member), "the member's deflated data is damaged").at(byte: start)
        case .failure(.wrongSize):
            throw Diagnostic(
                "npz.deflate", subject(member), "the member does not unpack to the size that the directory gives",
                expected: "\(member.size) bytes"
            ).at(byte: start)
        }
    }

    private func subject(_ member: ZipMember) -> String { "\(path): \(member.name)" }

    private func hexadecimal(_ value: UInt32) -> String { String(value, radix: 16) }
}
