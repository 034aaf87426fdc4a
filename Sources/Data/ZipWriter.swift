import Graph

/// Writes a zip archive of stored members, in the order in which they are added; sizes of 4 GiB and more take 64 bits.
struct ZipWriter {
    private let path: String
    private let file: AtomicFile
    /// Numbers from this one on are written in 64 bits.
    private let wideFrom: Int
    private var offset = 0
    private var directory: [UInt8] = []
    private var memberCount = 0
    private var member: Member?

    /// A member whose contents are being written.
    private struct Member {
        var name: [UInt8]
        var size: Int
        var headerOffset: Int
        var checksum: UInt32 = 0
        var written = 0
    }

    /// Everything but the file's path goes to the file; the path is for messages.
    init(file: AtomicFile, path: String, wideFrom: Int = Int(ZipFormat.wideMark)) {
        self.file = file
        self.path = path
        self.wideFrom = wideFrom
    }

    mutating func add(_ name: String, _ contents: [UInt8]) throws(Diagnostic) {
        try begin(name, size: contents.count)
        try append(contents)
        try end()
    }

    /// Begins a member whose size is known and whose contents follow piece by piece.
    mutating func begin(_ name: String, size: Int) throws(Diagnostic) {
        let bytes = Array(name.utf8)
        guard bytes.count < Int(ZipFormat.narrowMark) else {
            throw Diagnostic("npz.name", "\(path): \(name.prefix(80))…", "the name is too long for an archive")
        }
        let member = Member(name: bytes, size: size, headerOffset: offset)
        self.member = member
        let extra = wideField(size >= wideFrom ? [size, size] : [])
        let header = LittleEndian.bytes(of: ZipFormat.localSignature) + fields(member, extra: extra) + bytes + extra
        try file.append(header)
        offset += header.count
    }

    mutating func append(_ contents: [UInt8]) throws(Diagnostic) {
        try file.append(contents)
        if var member {
            member.checksum = Inflate.crc32(ByteView(contents), from: member.checksum)
            member.written += contents.count
            self.member = member
        }
        offset += contents.count
    }

    /// Ends a member; only now its checksum is known.
    mutating func end() throws(Diagnostic) {
        guard let member, member.written == member.size else {
            throw Diagnostic(
                "npz.inconsistent", path, "a member has not the size that was announced", expected: "\(member?.size ?? 0) bytes",
                found: "\(member?.written ?? 0)", kind: .compilerBug)
        }
        let checksumOffset = 14
        try file.replace(LittleEndian.bytes(of: member.checksum), at: member.headerOffset + checksumOffset)
        let isFar = member.headerOffset >= wideFrom
        let extra = wideField(
            (member.size >= wideFrom ? [member.size, member.size] : []) + (isFar ? [member.headerOffset] : []))
        directory += LittleEndian.bytes(of: ZipFormat.centralSignature) + LittleEndian.bytes(of: ZipFormat.wideVersion)
        directory += fields(member, extra: extra)
        // Comment length, disk number, internal and external attributes.
        directory += [UInt8](repeating: 0, count: 10)
        directory += narrow(member.headerOffset) + member.name + extra
        memberCount += 1
        self.member = nil
    }

    func finish() throws(Diagnostic) {
        var end: [UInt8] = []
        let isWide = memberCount >= Int(ZipFormat.narrowMark) || max(directory.count, offset) >= wideFrom
        if isWide {
            let recordOffset = offset + directory.count
            end += LittleEndian.bytes(of: ZipFormat.wideEndSignature) + wide(ZipFormat.wideEndSize - 12)
            end += LittleEndian.bytes(of: ZipFormat.wideVersion) + LittleEndian.bytes(of: ZipFormat.wideVersion)
            end += [UInt8](repeating: 0, count: 8)
            end += wide(memberCount) + wide(memberCount) + wide(directory.count) + wide(offset)
            end += LittleEndian.bytes(of: ZipFormat.wideLocatorSignature) + [0, 0, 0, 0] + wide(recordOffset) + [1, 0, 0, 0]
        }
        let count = LittleEndian.bytes(of: UInt16(clamping: memberCount))
        end += LittleEndian.bytes(of: ZipFormat.endSignature) + [0, 0, 0, 0] + count + count
        end += narrow(directory.count) + narrow(offset) + [0, 0]
        try file.append(directory)
        try file.append(end)
    }

    /// What the local header and the directory's record have in common.
    private func fields(_ member: Member, extra: [UInt8]) -> [UInt8] {
        var bytes = LittleEndian.bytes(of: extra.isEmpty ? UInt16(20) : ZipFormat.wideVersion)
        bytes += LittleEndian.bytes(of: ZipFormat.utf8Flag)
        bytes += LittleEndian.bytes(of: ZipMember.Method.stored.rawValue)
        // No time and the first date that the format knows: the same contents give the same file.
        bytes += [0, 0, 0x21, 0]
        bytes += LittleEndian.bytes(of: member.checksum) + narrow(member.size) + narrow(member.size)
        bytes += LittleEndian.bytes(of: UInt16(clamping: member.name.count))
        bytes += LittleEndian.bytes(of: UInt16(clamping: extra.count))
        return bytes
    }

    /// A number in 32 bits, or the mark that it stands elsewhere in 64.
    private func narrow(_ number: Int) -> [UInt8] {
        LittleEndian.bytes(of: number >= wideFrom ? ZipFormat.wideMark : UInt32(clamping: number))
    }

    private func wide(_ number: Int) -> [UInt8] { LittleEndian.bytes(of: UInt64(number)) }

    private func wideField(_ numbers: [Int]) -> [UInt8] {
        guard !numbers.isEmpty else { return [] }
        let size = UInt16(8 * numbers.count)
        return LittleEndian.bytes(of: ZipFormat.wideExtra) + LittleEndian.bytes(of: size) + numbers.flatMap(wide)
    }
}
