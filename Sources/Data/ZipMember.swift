/// What an archive's directory says about one member.
struct ZipMember {
    /// How a member's bytes are kept; other methods are refused by name.
    enum Method: UInt16 {
        case stored = 0
        case deflated = 8
    }

    var name: String
    var method: Method
    var checksum: UInt32
    var compressedSize: Int
    var size: Int
    var headerOffset: Int

    /// The names of methods that are known but not supported, for messages.
    static func methodName(_ code: UInt16) -> String {
        let names: [UInt16: String] = [
            1: "shrunk", 6: "imploded", 9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstandard", 95: "xz",
            99: "encrypted",
        ]
        return names[code].map { "\($0) (method \(code))" } ?? "method \(code)"
    }
}

/// The signatures, sizes and marks of the zip format.
enum ZipFormat {
    static let localSignature: UInt32 = 0x0403_4b50
    static let centralSignature: UInt32 = 0x0201_4b50
    static let endSignature: UInt32 = 0x0605_4b50
    static let wideEndSignature: UInt32 = 0x0606_4b50
    static let wideLocatorSignature: UInt32 = 0x0706_4b50
    static let localSize = 30
    static let centralSize = 46
    static let endSize = 22
    static let wideEndSize = 56
    static let wideLocatorSize = 20
    /// In a 16- or 32-bit field: the number is elsewhere, in 64 bits.
    static let narrowMark: UInt16 = 0xffff
    static let wideMark: UInt32 = 0xffff_ffff
    static let wideExtra: UInt16 = 1
    /// The format's version that has 64-bit sizes.
    static let wideVersion: UInt16 = 45
    static let encryptedFlag: UInt16 = 1
    static let utf8Flag: UInt16 = 0x800
}
