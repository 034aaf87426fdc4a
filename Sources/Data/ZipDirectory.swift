import Graph

/// Reads the list of members at the end of a zip archive, with 32- and 64-bit sizes.
struct ZipDirectory {
    private let file: InputFile

    private struct Location {
        var offset: Int
        var size: Int
        var memberCount: Int
    }

    static func members(of file: InputFile) throws(Diagnostic) -> [ZipMember] {
        try ZipDirectory(file: file).members()
    }

    private func members() throws(Diagnostic) -> [ZipMember] {
        let location = try location()
        guard location.memberCount <= location.size / ZipFormat.centralSize else {
            throw broken("the directory is too small for its members", at: location.offset)
        }
        let bytes = try file.bytes(at: location.offset, count: location.size)
        var members: [ZipMember] = []
        var names: Set<String> = []
        var offset = 0
        for _ in 0..<location.memberCount {
            let start = location.offset + offset
            let member: ZipMember
            do throws(Diagnostic) {
                member = try self.member(in: bytes, at: &offset)
            } catch {
                throw error.at(byte: start)
            }
            guard names.insert(member.name).inserted else {
                throw Diagnostic("npz.duplicate", subject(member.name), "the archive has two members of this name").at(byte: start)
            }
            members.append(member)
        }
        guard offset == bytes.count else { throw broken("the directory does not end with its last member", at: location.offset + offset) }
        return members
    }

    // MARK: the end of the archive

    private func location() throws(Diagnostic) -> Location {
        // The record may be followed by a comment of at most 65535 bytes.
        let tailSize = min(file.size, ZipFormat.endSize + Int(UInt16.max))
        let tail = try file.bytes(at: file.size - tailSize, count: tailSize)
        guard let start = endRecordStart(in: tail) else {
            throw Diagnostic(
                "npz.truncated", file.path, "the archive's end is missing: the file is cut short, or no zip archive",
                expected: "a zip archive, as numpy writes it", found: "\(file.size) bytes without its end record"
            ).at(byte: file.size)
        }
        let record = tail[start...]
        guard
            let disk = LittleEndian.integer(UInt16.self, at: 4, in: record),
            let entries = LittleEndian.integer(UInt16.self, at: 10, in: record),
            let size = LittleEndian.integer(UInt32.self, at: 12, in: record),
            let offset = LittleEndian.integer(UInt32.self, at: 16, in: record)
        else { throw broken("the end record is cut short", at: file.size - tailSize + start) }
        let recordOffset = file.size - tailSize + start
        if entries == ZipFormat.narrowMark || size == ZipFormat.wideMark || offset == ZipFormat.wideMark {
            return try wideLocation(before: recordOffset)
        }
        guard disk == 0 else { throw broken("the archive has several parts", at: recordOffset) }
        return try checked(
            offset: UInt64(offset), size: UInt64(size), memberCount: UInt64(entries), end: recordOffset)
    }

    private func endRecordStart(in tail: [UInt8]) -> Int? {
        guard tail.count >= ZipFormat.endSize else { return nil }
        return (0...(tail.count - ZipFormat.endSize)).last { start in
            guard
                tail[start] == 0x50,
                LittleEndian.integer(UInt32.self, at: start, in: tail) == ZipFormat.endSignature,
                let comment = LittleEndian.integer(UInt16.self, at: start + 20, in: tail)
            else { return false }
            return start + ZipFormat.endSize + Int(comment) == tail.count
        }
    }

    private func wideLocation(before recordOffset: Int) throws(Diagnostic) -> Location {
        guard recordOffset >= ZipFormat.wideLocatorSize else { throw broken("the 64-bit locator is missing", at: recordOffset) }
        let locator = try file.bytes(at: recordOffset - ZipFormat.wideLocatorSize, count: ZipFormat.wideLocatorSize)
        guard
            LittleEndian.integer(UInt32.self, at: 0, in: locator) == ZipFormat.wideLocatorSignature,
            let place = LittleEndian.integer(UInt64.self, at: 8, in: locator).flatMap({ Int(exactly: $0) }),
            place <= recordOffset - ZipFormat.wideLocatorSize,
            recordOffset - ZipFormat.wideLocatorSize - place >= ZipFormat.wideEndSize
        else { throw broken("the 64-bit locator is missing or wrong", at: recordOffset - ZipFormat.wideLocatorSize) }
        let record = try file.bytes(at: place, count: ZipFormat.wideEndSize)
        guard
            LittleEndian.integer(UInt32.self, at: 0, in: record) == ZipFormat.wideEndSignature,
            let entries = LittleEndian.integer(UInt64.self, at: 32, in: record),
            let size = LittleEndian.integer(UInt64.self, at: 40, in: record),
            let offset = LittleEndian.integer(UInt64.self, at: 48, in: record)
        else { throw broken("the 64-bit end record is wrong", at: place) }
        return try checked(offset: offset, size: size, memberCount: entries, end: place)
    }

    private func checked(
        offset: UInt64, size: UInt64, memberCount: UInt64, end: Int
    ) throws(Diagnostic) -> Location {
        guard
            let offset = Int(exactly: offset), let size = Int(exactly: size),
            let memberCount = Int(exactly: memberCount), offset <= end, size <= end - offset
        else { throw broken("the directory lies outside the file", at: end) }
        return Location(offset: offset, size: size, memberCount: memberCount)
    }

    // MARK: one member

    /// Places in messages are set by the caller, which knows where the record is in the file.
    private func member(in bytes: [UInt8], at offset: inout Int) throws(Diagnostic) -> ZipMember {
        let record = bytes[offset...]
        guard
            LittleEndian.integer(UInt32.self, at: 0, in: record) == ZipFormat.centralSignature,
            let flags = LittleEndian.integer(UInt16.self, at: 8, in: record),
            let methodCode = LittleEndian.integer(UInt16.self, at: 10, in: record),
            let checksum = LittleEndian.integer(UInt32.self, at: 16, in: record),
            let nameLength = LittleEndian.integer(UInt16.self, at: 28, in: record),
            let extraLength = LittleEndian.integer(UInt16.self, at: 30, in: record),
            let commentLength = LittleEndian.integer(UInt16.self, at: 32, in: record)
        else { throw broken("a member's record is cut short or not one", at: 0) }
        let length = ZipFormat.centralSize + Int(nameLength) + Int(extraLength) + Int(commentLength)
        guard length <= record.count else { throw broken("a member's record is cut short", at: 0) }
        let rest = record.dropFirst(ZipFormat.centralSize)
        guard let name = String(validating: rest.prefix(Int(nameLength)), as: UTF8.self) else {
            throw broken("a member's name is no UTF-8 text", at: 0)
        }
        guard flags & ZipFormat.encryptedFlag == 0 else {
            throw Diagnostic(
                "npz.encrypted", subject(name), "encrypted members cannot be read", kind: .knownLimitation)
        }
        guard let method = ZipMember.Method(rawValue: methodCode) else {
            throw Diagnostic(
                "npz.method", subject(name), "the member's compression is not supported",
                expected: "stored or deflated", found: ZipMember.methodName(methodCode), kind: .knownLimitation)
        }
        let extra = rest.dropFirst(Int(nameLength)).prefix(Int(extraLength))
        let sizes = try sizes(in: record, extra: extra, name: name)
        offset += length
        return ZipMember(
            name: name, method: method, checksum: checksum, compressedSize: sizes.compressed, size: sizes.size,
            headerOffset: sizes.header)
    }

    private func sizes(
        in record: ArraySlice<UInt8>, extra: ArraySlice<UInt8>, name: String
    ) throws(Diagnostic) -> (compressed: Int, size: Int, header: Int) {
        var wide = wideField(in: extra)
        // The 64-bit field holds, in this order, only what did not fit into the record.
        func number(at offset: Int) throws(Diagnostic) -> Int {
            guard let narrow = LittleEndian.integer(UInt32.self, at: offset, in: record) else {
                throw broken("a member's record is cut short", at: 0)
            }
            guard narrow == ZipFormat.wideMark else { return Int(narrow) }
            guard
                let value = LittleEndian.integer(UInt64.self, at: 0, in: wide).flatMap({ Int(exactly: $0) })
            else {
                throw Diagnostic("npz.directory", subject(name), "the member's 64-bit size is missing or too large")
            }
            wide = wide.dropFirst(8)
            return value
        }
        let size = try number(at: 24)
        let compressed = try number(at: 20)
        let header = try number(at: 42)
        return (compressed, size, header)
    }

    private func wideField(in extra: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = extra
        while let kind = LittleEndian.integer(UInt16.self, at: 0, in: rest),
            let length = LittleEndian.integer(UInt16.self, at: 2, in: rest)
        {
            if kind == ZipFormat.wideExtra { return rest.dropFirst(4).prefix(Int(length)) }
            rest = rest.dropFirst(4 + Int(length))
        }
        return []
    }

    // MARK: messages

    private func subject(_ name: String) -> String { "\(file.path): \(name)" }

    private func broken(_ message: String, at offset: Int) -> Diagnostic {
        Diagnostic("npz.directory", file.path, "the archive's directory is damaged: \(message)").at(byte: offset)
    }
}
