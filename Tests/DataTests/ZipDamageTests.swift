import Data
import Graph
import Testing

/// Archives with one thing wrong, each refused under its own name.
@Suite struct ZipDamageTests {
    private static let member = "a.npy"

    /// A stored archive of one member, the offset of its directory's record, and that of its end record.
    private func archive() throws -> (bytes: [UInt8], record: Int, end: Int) {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npz")
        try NpzFile.write(["a": HostTensor(shape: [2], floats: [1, 2])], to: path)
        let bytes = try [UInt8](contentsOf: path)
        let record = try #require(bytes.firstOffset(of: [0x50, 0x4b, 1, 2]))
        return (bytes, record, try #require(bytes.firstOffset(of: [0x50, 0x4b, 5, 6])))
    }

    private func found(_ bytes: [UInt8]) throws -> Diagnostic? {
        let folder = try TemporaryFolder()
        let path = try folder.write(bytes)
        return diagnostic { () throws(Diagnostic) in try NpzFile.read(path: path) }
    }

    @Test func contents() throws {
        let (bytes, record, _) = try archive()
        let damaged = try found(bytes.replacing(at: record - 1, with: [0x77]))
        #expect(damaged?.id == "npz.checksum")
        #expect(damaged?.subject.hasSuffix("/file: a.npy") == true)
    }

    @Test func unsupported() throws {
        let (bytes, record, end) = try archive()
        #expect(try found(bytes.replacing(at: record + 8, with: [1, 0]))?.id == "npz.encrypted")
        let method = try found(bytes.replacing(at: record + 10, with: [12, 0]))
        #expect(method?.id == "npz.method")
        #expect(method?.found == "bzip2 (method 12)")
        #expect(try found(bytes.replacing(at: record + 10, with: [77, 0]))?.found == "method 77")
        #expect(try found(bytes.replacing(at: end + 4, with: [1, 0]))?.id == "npz.directory")
    }

    @Test func sizes() throws {
        let (bytes, record, end) = try archive()
        let huge = littleEndian(UInt32(0xffff_fff0))
        #expect(try found(bytes.replacing(at: record + 20, with: huge))?.id == "npz.range")
        #expect(try found(bytes.replacing(at: record + 24, with: huge))?.id == "npz.size")
        #expect(try found(bytes.replacing(at: record + 42, with: huge))?.id == "npz.range")
        #expect(try found(bytes.replacing(at: record + 42, with: littleEndian(UInt32(1))))?.id == "npz.local-header")
        // A 64-bit size is announced but missing.
        #expect(try found(bytes.replacing(at: record + 24, with: littleEndian(UInt32.max)))?.id == "npz.directory")
        #expect(try found(bytes.replacing(at: end + 16, with: littleEndian(UInt32.max)))?.id == "npz.directory")
        #expect(try found(bytes.replacing(at: end + 16, with: huge))?.id == "npz.directory")
        #expect(try found(bytes.replacing(at: end + 10, with: littleEndian(UInt16(9))))?.id == "npz.directory")
        #expect(try found(bytes.replacing(at: end + 10, with: littleEndian(UInt16(0))))?.id == "npz.directory")
    }

    @Test func names() throws {
        let (bytes, record, _) = try archive()
        let name = record + 46
        #expect(try found(bytes.replacing(at: name, with: Array("b".utf8)))?.id == "npz.local-header")
        #expect(try found(bytes.replacing(at: name, with: [0xff]))?.id == "npz.directory")
        let other = bytes.replacing(at: name, with: Array("a.txt".utf8)).replacing(at: 30, with: Array("a.txt".utf8))
        #expect(try found(other)?.id == "npz.member-name")
    }

    @Test func duplicateMembers() throws {
        let (bytes, record, end) = try archive()
        let entry = bytes[record..<end]
        var doubled = [UInt8](bytes[..<end]) + entry + bytes[end...]
        doubled = doubled.replacing(at: end + entry.count + 10, with: littleEndian(UInt16(2)))
        doubled = doubled.replacing(at: end + entry.count + 12, with: littleEndian(UInt32(2 * entry.count)))
        #expect(try found(doubled)?.id == "npz.duplicate")
    }

    @Test func commentAfterTheEnd() throws {
        let (bytes, _, end) = try archive()
        let commented = bytes.replacing(at: end + 20, with: [3, 0])
        #expect(try found(commented + [1, 2, 3]) == nil)
        #expect(try found(commented + [1, 2])?.id == "npz.truncated")
    }

    @Test func deflateBombs() throws {
        let bytes = try Fixture.bytes("numpy_compressed.npz")
        let record = try #require(bytes.firstOffset(of: [0x50, 0x4b, 1, 2]))
        func claiming(_ size: UInt32) throws -> Diagnostic? {
            try found(bytes.replacing(at: record + 24, with: littleEndian(size)))
        }
        // 2×3 floats after a header of 128 bytes.
        #expect(try claiming(152) == nil)
        #expect(try claiming(151)?.id == "npz.deflate")
        #expect(try claiming(153)?.id == "npz.deflate")
        #expect(try claiming(0)?.id == "npz.deflate")
        #expect(try claiming(4_000_000_000)?.id == "npz.ratio")
        let start = 30 + Int(bytes[26]) + Int(bytes[28])
        #expect(try found(bytes.replacing(at: start, with: [0xff]))?.id == "npz.deflate")
    }

    /// 16 MiB of zeros: large enough that the array's header has to say the same, and the stream has to prove it.
    @Test func largeClaimsAreProven() throws {
        let bytes = try Fixture.bytes("zeros_compressed.zip")
        let record = try #require(bytes.firstOffset(of: [0x50, 0x4b, 1, 2]))
        let size = 4 * (1 << 22) + 128
        func claiming(_ size: Int) throws -> Diagnostic? {
            try found(bytes.replacing(at: record + 24, with: littleEndian(UInt32(size))))
        }
        #expect(try claiming(size) == nil)
        for wrong in [size - 1, size / 2] { #expect(try claiming(wrong)?.id == "npy.truncated") }
        for wrong in [size + 1, size + 100_000] { #expect(try claiming(wrong)?.id == "npy.trailing") }
        let packed = bytes[(record + 20)..<(record + 24)].reversed().reduce(0) { $0 << 8 | Int($1) }
        let cut = try found(bytes.replacing(at: record + 20, with: littleEndian(UInt32(packed - 1))))
        #expect(cut?.id == "npz.deflate")
    }

    /// Many members that share a few bytes and each stay within what deflate can do.
    @Test func overlappingBomb() throws {
        let packed = 1_000_000
        var bytes = [UInt8](repeating: 0, count: packed)
        let start = bytes.count
        let memberCount = 60_000
        for index in 0..<memberCount {
            let name = Array("m\(index).npy".utf8)
            bytes += [0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0] + littleEndian(UInt32(0))
            bytes += littleEndian(UInt32(packed), 1_000_000_000) + littleEndian(UInt16(name.count))
            bytes += [UInt8](repeating: 0, count: 16) + name
        }
        let size = bytes.count - start
        bytes += [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + littleEndian(UInt16(memberCount), UInt16(memberCount))
        bytes += littleEndian(UInt32(size), UInt32(start)) + [0, 0]
        #expect(try found(bytes)?.id == "npz.too-large")
    }
}
