import Foundation
import Testing

/// A file with one thing wrong: what it is called, how it is made, and how a command has to refuse it.
struct MalformedFile: CustomTestStringConvertible, Sendable {
    enum Place: Sendable {
        /// In a binary file, or in what the message names in it.
        case byte(Int)
        /// In a text.
        case text(line: Int, column: Int)

        /// As messages say it.
        var words: String {
            switch self {
            case .byte(let offset): "at byte \(offset)"
            case .text(let line, let column): ":\(line):\(column): "
            }
        }
    }

    let name: String
    /// With the ending by which its kind is known.
    let file: String
    let bytes: [UInt8]
    let id: String
    let place: Place

    init(_ name: String, _ file: String, _ bytes: [UInt8], _ id: String, _ place: Place) {
        (self.name, self.file, self.bytes, self.id, self.place) = (name, file, bytes, id, place)
    }

    var testDescription: String { "\(file): \(name)" }

    /// The command that a user would give the file to.
    func command(_ path: String, in folder: TemporaryFolder) -> (Tool, [String]) {
        switch URL(fileURLWithPath: file).pathExtension {
        case "dg": (.dgc, ["dump", path, "--stage", "graph"])
        case "json": (.dgc, ["compile", path, "-o", folder.path("x.plan")])
        default: (.dgrun, ["data", path])
        }
    }

    static let all = safetensors + archives + arrays + pickles + specifications + graphs

    // MARK: Making them

    static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
    }

    /// A member of an archive: how it is packed, and of what.
    struct Member {
        var name: String
        /// 0 is stored, 8 deflated.
        var method: UInt16
        var packed: [UInt8]
        var checksum: UInt32
        var size: Int
    }

    /// An archive of stored members.
    static func archive(_ members: [(name: String, contents: [UInt8])]) -> [UInt8] {
        archive(members.map {
            Member(name: $0.name, method: 0, packed: $0.contents, checksum: crc32($0.contents), size: $0.contents.count)
        })
    }

    static func archive(_ members: [Member]) -> [UInt8] {
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        for member in members {
            let name = Array(member.name.utf8)
            let common = littleEndian(UInt16(0)) + littleEndian(member.method) + littleEndian(UInt32(0)) + littleEndian(member.checksum)
                + littleEndian(UInt32(member.packed.count)) + littleEndian(UInt32(member.size)) + littleEndian(UInt16(name.count))
                + littleEndian(UInt16(0))
            directory += [0x50, 0x4b, 1, 2, 20, 0, 20, 0] + common + [UInt8](repeating: 0, count: 10)
                + littleEndian(UInt32(file.count)) + name
            file += [0x50, 0x4b, 3, 4, 20, 0] + common + name + member.packed
        }
        let count = littleEndian(UInt16(members.count))
        return file + directory + [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + count + count + littleEndian(UInt32(directory.count))
            + littleEndian(UInt32(file.count)) + [0, 0]
    }

    static func npy(_ header: String, _ data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
        [0x93] + Array("NUMPY".utf8) + [version, 0] + littleEndian(UInt16(header.utf8.count)) + Array(header.utf8) + data
    }
}

extension [UInt8] {
    func replacing(at offset: Int, with bytes: [UInt8]) -> [UInt8] {
        Array(prefix(offset)) + bytes + Array(dropFirst(offset + bytes.count))
    }
}
