/// A type of elements that files may have, whether or not it can be computed with.
enum StoredElement: Sendable, Hashable {
    case number(NumberType)
    /// UCS-4 characters, padded with zeros.
    case unicode(length: Int)
    /// Bytes, padded with zeros.
    case bytes(length: Int)

    /// Nil where the width is too large for a number.
    var byteWidth: Int? {
        switch self {
        case .number(let type): return type.byteWidth
        case .bytes(let length): return length
        case .unicode(let length):
            let (width, overflow) = length.multipliedReportingOverflow(by: 4)
            return overflow ? nil : width
        }
    }

    var isText: Bool {
        switch self {
        case .number: false
        case .unicode, .bytes: true
        }
    }

    /// Bytes and single bytes are the same in both byte orders.
    var hasNoByteOrder: Bool {
        switch self {
        case .number(let type): type.byteWidth == 1
        case .bytes: true
        case .unicode: false
        }
    }

    /// The type's short name, as messages show it.
    var name: String {
        switch self {
        case .number(let type): type.rawValue
        case .unicode, .bytes: "text"
        }
    }

    /// numpy's code without byte order, such as `f4`, `U12` or `b1`.
    ///
    /// Texts without any bytes are refused: an empty file could then hold any number of them.
    init?(numpyCode code: some StringProtocol) {
        guard let kind = code.first else { return nil }
        let digits = code.dropFirst()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let length = Int(digits), length > 0
        else { return nil }
        switch kind {
        case "U": self = .unicode(length: length)
        case "S": self = .bytes(length: length)
        default:
            guard let type = NumberType.allCases.first(where: { $0.numpyCode == code }) else { return nil }
            self = .number(type)
        }
    }
}

/// Numbers of a fixed width.
enum NumberType: String, Sendable, Hashable, CaseIterable {
    case f16, f32, f64
    case i8, i16, i32, i64
    case u8, u16, u32, u64
    case bool

    var byteWidth: Int {
        switch self {
        case .i8, .u8, .bool: 1
        case .f16, .i16, .u16: 2
        case .f32, .i32, .u32: 4
        case .f64, .i64, .u64: 8
        }
    }

    var isWhole: Bool {
        switch self {
        case .f16, .f32, .f64, .bool: false
        case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: true
        }
    }

    var numpyCode: String {
        switch self {
        case .f16: "f2"
        case .f32: "f4"
        case .f64: "f8"
        case .i8: "i1"
        case .i16: "i2"
        case .i32: "i4"
        case .i64: "i8"
        case .u8: "u1"
        case .u16: "u2"
        case .u32: "u4"
        case .u64: "u8"
        case .bool: "b1"
        }
    }

    /// The type that tensors in memory have for these numbers, if there is one.
    var elementType: ElementType? {
        switch self {
        case .f32: .f32
        case .f64: .f64
        case .i32: .i32
        case .i64: .i64
        case .bool: .bool
        case .f16, .i8, .i16, .u8, .u16, .u32, .u64: nil
        }
    }
}
