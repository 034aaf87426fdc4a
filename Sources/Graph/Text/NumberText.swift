/// How the elements of constants are spelled.
///
/// Each number is the shortest decimal that reads back as the same number of its element type: 0.1 in f32 is `0.1`,
/// though as a double it is 0.10000000149011612.
enum NumberText {
    static func spell(_ value: Double, _ type: ElementType) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        // An integer or truth value of minus zero is odd but legal; only a float spelling keeps its sign.
        let isMinusZero = value == 0 && value.sign == .minus
        switch type {
        case .f32: return Double(Float(value)) == value ? "\(Float(value))" : "\(value)"
        case .f64: return "\(value)"
        case .i32:
            if let whole = Int32(exactly: value), !isMinusZero { return "\(whole)" }
            return "\(value)"
        case .bool:
            if value == 1 { return "true" }
            return value == 0 && !isMinusZero ? "false" : "\(value)"
        }
    }

    /// The number that a word stands for, rounded to f32 where that is the element type; nil if it is no number.
    static func read(_ word: String, _ type: ElementType) -> Double? {
        switch word {
        case "nan": return .nan
        case "inf": return .infinity
        case "-inf": return -.infinity
        case "true" where type == .bool: return 1
        case "false" where type == .bool: return 0
        default: break
        }
        guard isDecimal(word), let exact = Double(word), exact.isFinite else { return nil }
        // A literal beyond the range of f32 stays as it is and breaks the rule on precision.
        if type == .f32, let rounded = Float(word), rounded.isFinite { return Double(rounded) }
        return exact
    }

    /// Keeps out the hexadecimal and verbose spellings that the standard library would read.
    private static func isDecimal(_ word: String) -> Bool {
        word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"),
                UInt8(ascii: "+"), UInt8(ascii: "-"):
                true
            default:
                false
            }
        }
    }
}
