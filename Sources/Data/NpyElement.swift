import Graph

/// An element type of npy files, from its name in the header.
enum NpyElement {
    case fixed(ElementType)
    /// UCS-4 characters, padded with zeros.
    case unicode(length: Int)
    /// Bytes, padded with zeros.
    case bytes(length: Int)

    var byteWidth: Int? {
        switch self {
        case .fixed(let type): return type.byteWidth
        case .bytes(let length): return length
        case .unicode(let length):
            let (width, overflow) = length.multipliedReportingOverflow(by: 4)
            return overflow ? nil : width
        }
    }

    init(_ name: String, subject: String) throws(Diagnostic) {
        let fixed: [String: ElementType] = [
            "<f4": .f32, "<f8": .f64, "<i4": .i32, "<i8": .i64, "|b1": .bool, "|?": .bool,
        ]
        if let type = fixed[name] {
            self = .fixed(type)
        } else if name.hasPrefix("<U"), let length = NpyElement.length(name) {
            self = .unicode(length: length)
        } else if name.hasPrefix("|S"), let length = NpyElement.length(name) {
            self = .bytes(length: length)
        } else {
            throw Diagnostic(
                "npy.element-type", subject, "the array's element type is not supported",
                expected: "<f4, <f8, <i4, <i8, |b1, <U or |S with a length", found: NpyElement.described(name),
                kind: .knownLimitation)
        }
    }

    /// Elements without any bytes are refused: an empty file could then hold any number of them.
    private static func length(_ name: String) -> Int? {
        let digits = name.dropFirst(2)
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(digits).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func described(_ name: String) -> String {
        let names = [
            "<f2": "16-bit floats", "<f16": "extended floats", "|u1": "unsigned bytes", "|i1": "bytes",
            "<i2": "16-bit integers",
            "<u2": "unsigned 16-bit integers", "<u4": "unsigned 32-bit integers", "<u8": "unsigned 64-bit integers",
            "|O": "Python objects", "<c8": "complex numbers", "<c16": "complex numbers",
        ]
        if let words = names[name] { return "\(name) (\(words))" }
        return name.hasPrefix(">") ? "\(name) (big-endian)" : name
    }
}

extension NpyElement {
    /// The elements that bytes hold; the byte count is a multiple of the width.
    func storage(of bytes: ArraySlice<UInt8>, subject: String) throws(Diagnostic) -> HostTensor.Storage {
        switch self {
        case .fixed(let type):
            if let storage = type.storage(of: bytes) { return storage }
            throw Diagnostic("npy.bool", subject, "a truth value is neither 0 nor 1", expected: "0 or 1")
        case .unicode(let length):
            return .text(try texts(bytes, width: length * 4, subject) { NpyElement.unicodeText($0) })
        case .bytes(let length):
            return .text(try texts(bytes, width: length, subject) { NpyElement.byteText($0) })
        }
    }

    private func texts(
        _ bytes: ArraySlice<UInt8>, width: Int, _ subject: String, _ decode: (ArraySlice<UInt8>) -> String?
    ) throws(Diagnostic) -> [String] {
        var texts: [String] = []
        texts.reserveCapacity(bytes.count / width)
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: width) {
            guard let text = decode(bytes[start..<(start + width)]) else {
                throw Diagnostic(
                    "npy.text", subject, "element \(texts.count) is no valid text", expected: "Unicode text")
            }
            texts.append(text)
        }
        return texts
    }

    private static func unicodeText(_ bytes: ArraySlice<UInt8>) -> String? {
        var codes = LittleEndian.values(UInt32.self, in: bytes)[...]
        while codes.last == 0 { codes.removeLast() }
        var scalars = String.UnicodeScalarView()
        for code in codes {
            guard let scalar = Unicode.Scalar(code) else { return nil }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    private static func byteText(_ bytes: ArraySlice<UInt8>) -> String? {
        var text = bytes
        while text.last == 0 { text.removeLast() }
        return String(validating: text, as: UTF8.self)
    }
}
