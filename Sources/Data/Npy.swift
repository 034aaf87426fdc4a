import Graph

/// numpy's format for one array.
///
/// Read are versions 1 to 3. Tensors are in C order, little-endian, of f4, f8, i4, i8, b1, or texts of fixed length;
/// stored arrays may also have other orders and widths.
public enum Npy {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// All that version 1 can have.
    private static let longestHeader = Int(UInt16.max)
    /// At most so many bytes stand before the elements.
    static let longestPrologue = 12 + longestHeader

    /// What stands before the elements, and where its dictionary and they begin.
    private struct Layout {
        var header: NpyHeader
        var element: StoredElement
        var isBigEndian: Bool
        var headerStart: Int
        var start: Int
    }

    /// The tensor that a whole npy file holds; the subject names the file, and the member, in messages.
    public static func decode(_ bytes: ArraySlice<UInt8>, subject: String) throws(Diagnostic) -> HostTensor {
        try tensor(in: ByteView(Array(bytes)), subject: subject)
    }

    static func tensor(in bytes: ByteView, subject: String) throws(Diagnostic) -> HostTensor {
        let layout = try layout(bytes, subject: subject)
        guard !layout.isBigEndian, HostTensor.canHold(layout.element) else {
            throw unsupported(layout.header.elementType, subject: subject).at(byte: layout.headerStart)
        }
        return try HostTensor(array(layout, bytes, subject), subject: subject)
    }

    /// The array that a whole npy file holds, where it lies; any byte order, order of axes and width of numbers.
    static func array(in bytes: ByteView, subject: String) throws(Diagnostic) -> StoredArray {
        try array(layout(bytes, subject: subject), bytes, subject)
    }

    /// Whether the header, which these first bytes of a file hold, is one of a file of this size.
    static func check(_ beginning: ByteView, size: Int, subject: String) throws(Diagnostic) {
        try check(layout(beginning, subject: subject), size, subject)
    }

    private static func element(
        _ type: String, at offset: Int, subject: String
    ) throws(Diagnostic) -> (element: StoredElement, isBigEndian: Bool) {
        guard let order = type.first, "<>|".contains(order),
            let element = type == "|?" ? .number(.bool) : StoredElement(numpyCode: type.dropFirst()),
            order != "|" || element.hasNoByteOrder
        else { throw unsupported(type, subject: subject).at(byte: offset) }
        return (element, order == ">")
    }

    private static func array(_ layout: Layout, _ bytes: ByteView, _ subject: String) throws(Diagnostic) -> StoredArray {
        try check(layout, bytes.count, subject)
        let header = layout.header
        let array = bytes.view(at: layout.start, count: bytes.count - layout.start).flatMap {
            StoredArray(
                shape: header.shape, element: layout.element, order: header.isFortranOrder ? .columnMajor : .rowMajor,
                isBigEndian: layout.isBigEndian, bytes: $0)
        }
        guard let array else { throw truncated(subject, bytes) }
        return array
    }

    private static func check(_ layout: Layout, _ fileSize: Int, _ subject: String) throws(Diagnostic) {
        let header = layout.header
        guard let size = StoredArray.byteCount(header.shape, layout.element) else {
            throw Diagnostic("npy.shape", subject, "the shape is too large", found: "\(header.shape)").at(byte: layout.start)
        }
        let found = fileSize - layout.start
        guard size == found else {
            throw Diagnostic(
                size > found ? "npy.truncated" : "npy.trailing", subject,
                "the data's size is not the one that shape and element type give",
                expected: "\(size) bytes for \(header.shape) of \(header.elementType)", found: "\(found) bytes"
            ).at(byte: layout.start + min(size, found))
        }
    }

    private static func unsupported(_ type: String, subject: String) -> Diagnostic {
        let names = [
            "<f2": "16-bit floats", "<f16": "extended floats", "|u1": "unsigned bytes", "|i1": "bytes",
            "<i2": "16-bit integers",
            "<u2": "unsigned 16-bit integers", "<u4": "unsigned 32-bit integers", "<u8": "unsigned 64-bit integers",
            "|O": "Python objects", "<c8": "complex numbers", "<c16": "complex numbers",
        ]
        let words = names[type] ?? (type.hasPrefix(">") ? "big-endian" : nil)
        return Diagnostic(
            "npy.element-type", subject, "the array's element type is not supported",
            expected: "<f4, <f8, <i4, <i8, |b1, <U or |S with a length", found: words.map { "\(type) (\($0))" } ?? type,
            kind: .knownLimitation)
    }

    private static func layout(_ bytes: ByteView, subject: String) throws(Diagnostic) -> Layout {
        guard bytes.starts(with: magic.prefix(bytes.count)) else {
            throw Diagnostic("npy.magic", subject, "this is no npy array", expected: "the npy signature at the start")
                .at(byte: 0)
        }
        guard let major = bytes.dropFirst(magic.count).first else { throw truncated(subject, bytes) }
        let length: Int?
        let start: Int
        switch major {
        case 1:
            length = LittleEndian.integer(UInt16.self, at: 8, in: bytes).map { Int($0) }
            start = 10
        case 2, 3:
            length = LittleEndian.integer(UInt32.self, at: 8, in: bytes).map { Int($0) }
            start = 12
        default:
            throw Diagnostic(
                "npy.version", subject, "the npy version is not supported", expected: "1, 2 or 3", found: "\(major)",
                kind: .knownLimitation
            ).at(byte: magic.count)
        }
        guard let length else { throw truncated(subject, bytes) }
        func failure(_ found: String) -> Diagnostic {
            Diagnostic(
                "npy.header", subject, "the npy header cannot be understood",
                expected: "a dictionary of a plain 'descr', 'fortran_order' and 'shape', of at most \(NpyHeader.mostAxes) axes "
                    + "and \(longestHeader) bytes",
                found: found
            ).at(byte: start)
        }
        guard length <= longestHeader else { throw failure("\(length) bytes") }
        guard let text = bytes.view(at: start, count: length)?.copy()[...] else { throw truncated(subject, bytes) }
        guard let header = NpyHeader(text) else { throw failure(NpyHeader.shown(text)) }
        let (element, isBigEndian) = try element(header.elementType, at: start, subject: subject)
        return Layout(header: header, element: element, isBigEndian: isBigEndian, headerStart: start, start: start + length)
    }

    private static func truncated(_ subject: String, _ bytes: ByteView) -> Diagnostic {
        Diagnostic("npy.truncated", subject, "the array ends within its header").at(byte: bytes.count)
    }

    /// The npy file, version 1 (3 where the header is long), of a tensor.
    public static func encode(_ tensor: HostTensor, subject: String) throws(Diagnostic) -> [UInt8] {
        guard tensor.hasConsistentShape else {
            throw Diagnostic(
                "npy.inconsistent", subject, "a tensor to write has a shape that does not fit its elements",
                expected: "\(tensor.shape)", found: "\(tensor.elementCount) elements", kind: .compilerBug)
        }
        let elementType: String
        let payload: [UInt8]
        switch tensor.storage {
        case .text(let texts): (elementType, payload) = try unicode(texts, subject: subject)
        case .f32(let values): (elementType, payload) = ("<f4", LittleEndian.bytes(ofAll: values))
        case .f64(let values): (elementType, payload) = ("<f8", LittleEndian.bytes(ofAll: values))
        case .i32(let values): (elementType, payload) = ("<i4", LittleEndian.bytes(ofAll: values))
        case .i64(let values): (elementType, payload) = ("<i8", LittleEndian.bytes(ofAll: values))
        case .bool(let values): (elementType, payload) = ("|b1", values.map { $0 ? 1 : 0 })
        }
        let header = NpyHeader(elementType: elementType, isFortranOrder: false, shape: tensor.shape)
        return prologue(header) + payload
    }

    /// Everything before the data, padded so that the data starts at a multiple of 64 bytes.
    static func prologue(_ header: NpyHeader) -> [UInt8] {
        let literal = Array(header.literal.utf8)
        func padded(from start: Int) -> [UInt8] {
            let padding = (64 - (start + literal.count + 1) % 64) % 64
            return literal + [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
        }
        let short = padded(from: 10)
        if let length = UInt16(exactly: short.count) { return magic + [1, 0] + LittleEndian.bytes(of: length) + short }
        let long = padded(from: 12)
        return magic + [3, 0] + LittleEndian.bytes(of: UInt32(clamping: long.count)) + long
    }

    private static func unicode(_ texts: [String], subject: String) throws(Diagnostic) -> (String, [UInt8]) {
        // numpy too keeps at least one character.
        let length = max(1, texts.map(\.unicodeScalars.count).max() ?? 0)
        let (area, overflow) = length.multipliedReportingOverflow(by: texts.count)
        let (size, secondOverflow) = area.multipliedReportingOverflow(by: 4)
        guard !overflow, !secondOverflow else {
            throw Diagnostic("npy.text-size", subject, "the texts are too long to be padded to the same length")
        }
        var payload: [UInt8] = []
        payload.reserveCapacity(size)
        for (index, text) in texts.enumerated() {
            guard text.unicodeScalars.last?.value != 0 else {
                throw Diagnostic("npy.text-end", subject, "text \(index) ends in a zero, which npy cannot keep")
            }
            for scalar in text.unicodeScalars { payload += LittleEndian.bytes(of: scalar.value) }
            payload += [UInt8](repeating: 0, count: 4 * (length - text.unicodeScalars.count))
        }
        return ("<U\(length)", payload)
    }
}
