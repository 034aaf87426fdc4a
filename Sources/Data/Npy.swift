import Graph

/// numpy's format for one array.
///
/// Read are versions 1 to 3, in C order, little-endian: f4, f8, i4, i8, b1, and texts of fixed length.
public enum Npy {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// The tensor that a whole npy file holds; the subject names the file, and the member, in messages.
    public static func decode(_ bytes: ArraySlice<UInt8>, subject: String) throws(Diagnostic) -> HostTensor {
        let (header, payload) = try split(bytes, subject: subject)
        guard !header.isFortranOrder else {
            throw Diagnostic(
                "npy.fortran-order", subject, "the array is in Fortran order; save numpy.ascontiguousarray(x) instead",
                expected: "C order", found: "Fortran order", kind: .knownLimitation)
        }
        let element = try NpyElement(header.elementType, subject: subject)
        guard
            let count = HostTensor.elementCount(of: header.shape), let width = element.byteWidth,
            case (let size, let overflow) = count.multipliedReportingOverflow(by: width), !overflow
        else {
            throw Diagnostic("npy.shape", subject, "the shape is too large", found: "\(header.shape)")
        }
        guard size == payload.count else {
            throw Diagnostic(
                size > payload.count ? "npy.truncated" : "npy.trailing", subject,
                "the data's size is not the one that shape and element type give",
                expected: "\(size) bytes for \(header.shape) of \(header.elementType)", found: "\(payload.count) bytes")
        }
        return HostTensor(shape: header.shape, storage: try element.storage(of: payload, subject: subject))
    }

    private static func split(
        _ bytes: ArraySlice<UInt8>, subject: String
    ) throws(Diagnostic) -> (header: NpyHeader, payload: ArraySlice<UInt8>) {
        guard bytes.starts(with: magic.prefix(bytes.count)) else {
            throw Diagnostic("npy.magic", subject, "this is no npy array", expected: "the npy signature at the start")
        }
        guard let major = bytes.dropFirst(magic.count).first else { throw truncated(subject) }
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
                kind: .knownLimitation)
        }
        guard let length, length <= bytes.count - start else { throw truncated(subject) }
        let rest = bytes.dropFirst(start)
        guard let header = NpyHeader(rest.prefix(length)) else {
            throw Diagnostic(
                "npy.header", subject, "the npy header cannot be understood",
                expected: "a dictionary of a plain 'descr', 'fortran_order' and 'shape'",
                found: String(decoding: rest.prefix(min(length, 120)), as: UTF8.self))
        }
        return (header, rest.dropFirst(length))
    }

    private static func truncated(_ subject: String) -> Diagnostic {
        Diagnostic("npy.truncated", subject, "the array ends within its header")
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
    private static func prologue(_ header: NpyHeader) -> [UInt8] {
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
