/// The dictionary at the start of an npy file: element type, order and shape.
struct NpyHeader {
    /// As many as numpy has.
    static let mostAxes = 64

    var elementType: String
    var isFortranOrder: Bool
    var shape: [Int]

    /// Reads the Python literal that numpy writes; nil unless it is exactly a dictionary of the three keys.
    init?(_ text: ArraySlice<UInt8>) {
        var scanner = NpyHeaderScanner(rest: text)
        guard let header = scanner.header() else { return nil }
        self = header
    }

    init(elementType: String, isFortranOrder: Bool, shape: [Int]) {
        self.elementType = elementType
        self.isFortranOrder = isFortranOrder
        self.shape = shape
    }

    /// The beginning of a header for a message, without the spaces and the new line that fill it up.
    static func shown(_ text: ArraySlice<UInt8>) -> String {
        let padding = [UInt8(ascii: " "), UInt8(ascii: "\n")]
        var end = text.endIndex
        while end > text.startIndex, padding.contains(text[end - 1]) { end -= 1 }
        return String(decoding: text[..<end].prefix(120), as: UTF8.self).replacing("\n", with: " ")
    }

    /// The same literal, without padding.
    var literal: String {
        var sizes = shape.map(String.init).joined(separator: ", ")
        if shape.count == 1 { sizes += "," }
        let order = isFortranOrder ? "True" : "False"
        return "{'descr': '\(elementType)', 'fortran_order': \(order), 'shape': (\(sizes)), }"
    }
}

private struct NpyHeaderScanner {
    var rest: ArraySlice<UInt8>

    mutating func header() -> NpyHeader? {
        var elementType: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        guard take("{") else { return nil }
        while !take("}") {
            guard let key = string(), take(":") else { return nil }
            switch key {
            case "descr" where elementType == nil: elementType = string()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = bool()
            case "shape" where shape == nil: shape = sizes()
            default: return nil
            }
            guard take(",") || rest.first == UInt8(ascii: "}") else { return nil }
        }
        skipSpaces()
        guard rest.isEmpty, let elementType, let isFortranOrder, let shape else { return nil }
        return NpyHeader(elementType: elementType, isFortranOrder: isFortranOrder, shape: shape)
    }

    private mutating func skipSpaces() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    }

    /// Takes a character and the spaces around it, if it comes next.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpaces()
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        skipSpaces()
        return true
    }

    private mutating func string() -> String? {
        guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        let inside = rest.dropFirst().prefix { $0 != quote && $0 != UInt8(ascii: "\\") }
        guard let text = String(validating: inside, as: UTF8.self) else { return nil }
        rest = rest.dropFirst(inside.count + 1)
        guard rest.first == quote else { return nil }
        rest = rest.dropFirst()
        skipSpaces()
        return text
    }

    private mutating func bool() -> Bool? {
        for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
            rest = rest.dropFirst(word.utf8.count)
            skipSpaces()
            return value
        }
        return nil
    }

    private mutating func sizes() -> [Int]? {
        guard take("(") else { return nil }
        var sizes: [Int] = []
        while !take(")") {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard sizes.count < NpyHeader.mostAxes, let size = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            sizes.append(size)
            rest = rest.dropFirst(digits.count)
            skipSpaces()
            guard take(",") || rest.first == UInt8(ascii: ")") else { return nil }
        }
        return sizes
    }
}
