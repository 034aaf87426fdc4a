extension MalformedFile {
    private static let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n"
    private static let sound = npy(header, [0, 0, 0, 0])
    /// Of one member: its header, its data from byte 35 on, the directory, and the end record.
    private static let archiveOfOne = archive([("a.npy", sound)])
    private static let record = archiveOfOne.count - 22 - 51
    private static let end = archiveOfOne.count - 22

    private static func archive(_ name: String, _ bytes: [UInt8], _ id: String, at byte: Int) -> MalformedFile {
        MalformedFile(name, "a.npz", bytes, "npz.\(id)", .byte(byte))
    }

    private static func changed(_ name: String, at offset: Int, to bytes: [UInt8], _ id: String, at byte: Int) -> MalformedFile {
        archive(name, archiveOfOne.replacing(at: offset, with: bytes), id, at: byte)
    }

    static let archives: [MalformedFile] = [
        archive("empty", [], "truncated", at: 0),
        archive("words", Array("words".utf8), "truncated", at: 5),
        archive("cut in the last byte", Array(archiveOfOne.dropLast()), "truncated", at: archiveOfOne.count - 1),
        changed("one part of several", at: end + 4, to: [1, 0], "directory", at: end),
        changed("a directory outside the file", at: end + 16, to: littleEndian(UInt32(0xffff_fff0)), "directory", at: end),
        changed("more members than the directory can hold", at: end + 10, to: [9, 0], "directory", at: record),
        changed("fewer members than the directory holds", at: end + 10, to: [0, 0], "directory", at: record),
        changed("a 64-bit directory that is not there", at: end + 16, to: littleEndian(UInt32.max), "directory", at: end - 20),
        changed("a member's record that is none", at: record, to: [0x51], "directory", at: record),
        changed("a member's name that is no UTF-8", at: record + 46, to: [0xff], "directory", at: record),
        changed("a name longer than the directory", at: record + 28, to: [0xff, 0xff], "directory", at: record),
        changed("an encrypted member", at: record + 8, to: [1, 0], "encrypted", at: record),
        changed("a member packed by another method", at: record + 10, to: [12, 0], "method", at: record),
        changed("a member outside the file", at: record + 20, to: littleEndian(UInt32(0xffff_fff0)), "range", at: archiveOfOne.count),
        changed("a stored member of another size", at: record + 24, to: littleEndian(UInt32(7)), "size", at: 0),
        changed("a 64-bit size that is not there", at: record + 24, to: littleEndian(UInt32.max), "directory", at: record),
        archive(
            "a bomb", archiveOfOne.replacing(at: record + 10, with: [8, 0]).replacing(at: record + 24, with: littleEndian(UInt32(1 << 30))),
            "ratio", at: 0),
        changed("a member's own header elsewhere", at: record + 42, to: littleEndian(UInt32(1)), "local-header", at: 1),
        changed("a member's own header with another name", at: 30, to: Array("b".utf8), "local-header", at: 0),
        changed("damaged contents", at: 35 + sound.count - 1, to: [1], "checksum", at: 35),
        archive(
            "deflated data that are none",
            archiveOfOne.replacing(at: record + 10, with: [8, 0]).replacing(at: 8, with: [8, 0]), "deflate", at: 35),
        archive("a member twice", archive([("a.npy", sound), ("a.npy", sound)]), "duplicate", at: 2 * (35 + sound.count) + 51),
    ]

    private static func array(_ name: String, _ contents: [UInt8], _ id: String, at byte: Int) -> MalformedFile {
        MalformedFile(name, "a.npz", archive([("train_text.npy", contents)]), "npy.\(id)", .byte(byte))
    }

    private static func array(_ name: String, type: String = "<f4", shape: String, _ id: String, at byte: Int) -> MalformedFile {
        array(name, npy("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n", [0, 0, 0, 0]), id, at: byte)
    }

    /// Places are in the member, which the message names.
    static let arrays: [MalformedFile] = [
        array("an empty member", [], "truncated", at: 0),
        array("another signature", Array("NUMPY".utf8), "magic", at: 0),
        array("version 9", npy(header, version: 9), "version", at: 6),
        array("a header longer than the file", Array(sound.prefix(30)), "truncated", at: 30),
        array("a header that is no dictionary", npy("[1, 2]\n"), "header", at: 10),
        array("code for a header", npy("__import__('os').system('true')\n"), "header", at: 10),
        array("a key twice", npy("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (), }\n"), "header", at: 10),
        array("a negative extent", shape: "(-1,)", "header", at: 10),
        array("Python objects", type: "|O", shape: "(1,)", "element-type", at: 10),
        array("complex numbers", type: "<c8", shape: "(1,)", "element-type", at: 10),
        array("a shape beyond all memory", shape: "(4294967296, 4294967296)", "shape", at: 88),
        array("fewer numbers than the shape says", shape: "(2,)", "truncated", at: 72),
        array("more numbers than the shape says", shape: "(0,)", "trailing", at: 68),
    ]
}
