import Graph

/// Writes a zip archive of stored members, in the order in which they are added.
struct ZipWriter {
    private let path: String
    private let file: AtomicFile
    private var offset: UInt32 = 0
    private var directory: [UInt8] = []
    private var memberCount: UInt16 = 0

    /// Everything but the file's path goes to the file; the path is for messages.
    init(file: AtomicFile, path: String) {
        self.file = file
        self.path = path
    }

    mutating func add(_ name: String, _ contents: [UInt8]) throws(Diagnostic) {
        // The largest numbers mark 64-bit archives.
        guard
            memberCount < ZipFormat.narrowMark - 1,
            let size = UInt32(exactly: contents.count), size < ZipFormat.wideMark,
            let nameLength = UInt16(exactly: name.utf8.count)
        else { throw tooLarge(name) }
        let header = fields(size: size, checksum: Inflate.crc32(ByteView(contents)), nameLength: nameLength)
        let local = LittleEndian.bytes(of: ZipFormat.localSignature) + header + Array(name.utf8)
        let (next, overflow) = offset.addingReportingOverflow(UInt32(local.count))
        let (end, secondOverflow) = next.addingReportingOverflow(size)
        guard !overflow, !secondOverflow, end < ZipFormat.wideMark else { throw tooLarge(name) }
        try file.append(local)
        try file.append(contents)
        directory += LittleEndian.bytes(of: ZipFormat.centralSignature) + LittleEndian.bytes(of: UInt16(20))
        directory += header
        // Comment length, disk number, internal and external attributes.
        directory += [UInt8](repeating: 0, count: 10)
        directory += LittleEndian.bytes(of: offset) + Array(name.utf8)
        offset = end
        memberCount += 1
    }

    func finish() throws(Diagnostic) {
        guard let size = UInt32(exactly: directory.count), size < ZipFormat.wideMark - offset else {
            throw tooLarge("the directory")
        }
        var end = LittleEndian.bytes(of: ZipFormat.endSignature) + [0, 0, 0, 0]
        end += LittleEndian.bytes(of: memberCount) + LittleEndian.bytes(of: memberCount)
        end += LittleEndian.bytes(of: size) + LittleEndian.bytes(of: offset) + [0, 0]
        try file.append(directory)
        try file.append(end)
    }

    /// What the local header and the directory's record have in common.
    private func fields(size: UInt32, checksum: UInt32, nameLength: UInt16) -> [UInt8] {
        var bytes = LittleEndian.bytes(of: UInt16(20)) + LittleEndian.bytes(of: ZipFormat.utf8Flag)
        bytes += LittleEndian.bytes(of: ZipMember.Method.stored.rawValue)
        // No time and the first date that the format knows: the same contents give the same file.
        bytes += [0, 0, 0x21, 0]
        bytes += LittleEndian.bytes(of: checksum) + LittleEndian.bytes(of: size) + LittleEndian.bytes(of: size)
        bytes += LittleEndian.bytes(of: nameLength) + [0, 0]
        return bytes
    }

    private func tooLarge(_ name: String) -> Diagnostic {
        Diagnostic(
            "npz.too-large", "\(path): \(name)", "archives of 4 GiB or more are not written",
            expected: "less than 4294967295 bytes in all", kind: .knownLimitation)
    }
}
