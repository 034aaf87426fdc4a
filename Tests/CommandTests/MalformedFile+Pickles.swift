extension MalformedFile {
    private static func pickle(_ name: String, _ bytes: [UInt8], _ id: String, at byte: Int) -> MalformedFile {
        MalformedFile(name, "a.pkl", bytes, "pickle.\(id)", .byte(byte))
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Protocol 2, and the instructions.
    private static func two(_ instructions: [UInt8]) -> [UInt8] { [0x80, 2] + instructions }

    static let pickles: [MalformedFile] = [
        pickle("words", text("words"), "protocol", at: 0),
        pickle("protocol 0", text("(dp0\n."), "protocol", at: 0),
        pickle("protocol 9", [0x80, 9, 0x4e, 0x2e], "protocol", at: 0),
        pickle("cut short", two([]), "truncated", at: 2),
        pickle("a length that is cut short", two([0x58, 1, 0]), "truncated", at: 2),
        pickle("a text longer than the file", two([0x58, 0xff, 0xff, 0xff, 0x7f]), "truncated", at: 2),
        pickle("an instruction that is none", two([0x01]), "opcode", at: 2),
        pickle("a command to run", two([0x63] + text("os\nsystem\n") + [0x58, 4, 0, 0, 0] + text("true") + [0x85, 0x52, 0x2e]), "global", at: 2),
        pickle("a built-in function to call", two([0x63] + text("builtins\neval\n") + [0x2e]), "global", at: 2),
        pickle("a persistent object", two([0x50] + text("x\n") + [0x2e]), "persistent", at: 2),
        pickle("an object that nothing remembers", two([0x68, 7, 0x2e]), "memo", at: 2),
        pickle("an empty stack", two([0x2e]), "stack", at: 2),
        pickle("a mark that is missing", two([0x74, 0x2e]), "stack", at: 2),
        pickle("a list as a dictionary's key", two([0x7d, 0x5d, 0x4e, 0x73, 0x2e]), "key", at: 5),
    ]
}
