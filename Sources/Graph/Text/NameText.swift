/// How names are spelled: as they are if all their characters are plain, otherwise in quotes.
package enum NameText {
    /// Whether a byte may stand in a name without quotes: `[A-Za-z0-9_./:'+-]`.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "'"),
            UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }

    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isNameByte)
    }

    package static func value(_ name: String) -> String { "%" + (isPlain(name) ? name : quoted(name)) }

    static func symbol(_ name: String) -> String { "@" + (isPlain(name) ? name : quoted(name)) }

    /// A name without a sign before it; quoted also where its start would read as a colon or a comment.
    package static func word(_ name: String) -> String {
        isPlain(name) && !name.hasPrefix(":") && !name.hasPrefix("//") ? name : quoted(name)
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\0"..<" ", "\u{7f}": result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
