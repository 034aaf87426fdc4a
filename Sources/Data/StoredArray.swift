import Graph

/// In which order an array's elements lie.
enum AxisOrder: Sendable {
    /// The last index runs fastest.
    case rowMajor
    /// The first index runs fastest, as in Fortran.
    case columnMajor
    /// Axis i is axis `axes[i]` of an array in row-major order.
    case transposed([Int])
}

/// An array where a file has it: nothing is copied or converted before it is asked for.
struct StoredArray: Sendable {
    let shape: [Int]
    let element: StoredElement
    /// How far apart, in elements, neighbours along each axis are.
    let strides: [Int]
    let isRowMajor: Bool
    let isBigEndian: Bool
    /// Exactly the elements.
    let bytes: ByteView

    /// Nil where the shape is negative, too large, or not of these bytes, and where an order is not one of the axes.
    ///
    /// - Parameter stored: the shape in the order in which the axes are stored.
    init?(
        shape stored: [Int], element: StoredElement, order: AxisOrder = .rowMajor, isBigEndian: Bool = false, bytes: ByteView
    ) {
        guard let size = Self.byteCount(stored, element), size == bytes.count else { return nil }
        self.element = element
        self.isBigEndian = isBigEndian
        self.bytes = bytes
        switch order {
        case .rowMajor:
            (shape, strides) = (stored, Self.rowMajorStrides(stored))
        case .columnMajor:
            (shape, strides) = (stored, Self.rowMajorStrides(stored.reversed()).reversed())
        case .transposed(let axes):
            guard axes.sorted() == Array(stored.indices) else { return nil }
            let strides = Self.rowMajorStrides(stored)
            shape = axes.map { stored[$0] }
            self.strides = axes.map { strides[$0] }
        }
        let natural = Self.rowMajorStrides(shape)
        // Along an axis of one element there are no neighbours.
        isRowMajor = zip(shape.indices, shape).allSatisfy { [strides] in $1 == 1 || strides[$0] == natural[$0] }
    }

    /// How many bytes the elements take; nil where the shape is negative or too large.
    static func byteCount(_ shape: [Int], _ element: StoredElement) -> Int? {
        guard let count = HostTensor.elementCount(of: shape), let width = element.byteWidth else { return nil }
        let (size, overflow) = count.multipliedReportingOverflow(by: width)
        return overflow ? nil : size
    }

    private static func rowMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    var elementCount: Int { shape.reduce(1, *) }

    /// The numbers of an array with one axis, or with others of size one, as double; nil for texts.
    ///
    /// Whole numbers of more than 53 bits are rounded.
    func numbers() -> [Double]? {
        guard case .number(let type) = element else { return nil }
        return bytes.withUnsafeBytes { buffer in
            (0..<elementCount).map { type.number(in: buffer, at: $0 * type.byteWidth, isBigEndian: isBigEndian) }
        }
    }

    /// The texts of an array with one axis; nil for numbers.
    func texts(subject: String) throws(Diagnostic) -> [String]? {
        guard let width = element.byteWidth, element.isText else { return nil }
        var texts: [String] = []
        for index in 0..<elementCount {
            guard let part = bytes.view(at: index * width, count: width) else { return nil }
            let text: String?
            switch element {
            case .number: return nil
            case .unicode: text = Self.unicodeText(part, isBigEndian)
            case .bytes: text = Self.byteText(part)
            }
            guard let text else {
                throw Diagnostic("npy.text", subject, "element \(index) is no valid text", expected: "Unicode text")
            }
            texts.append(text)
        }
        return texts
    }

    private static func unicodeText(_ bytes: ByteView, _ isBigEndian: Bool) -> String? {
        var codes = stride(from: 0, to: bytes.count, by: 4).map { offset in
            LittleEndian.integer(UInt32.self, at: offset, in: bytes).map { isBigEndian ? $0.byteSwapped : $0 } ?? 0
        }
        while codes.last == 0 { codes.removeLast() }
        var scalars = String.UnicodeScalarView()
        for code in codes {
            guard let scalar = Unicode.Scalar(code) else { return nil }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    private static func byteText(_ bytes: ByteView) -> String? {
        var text = bytes[...]
        while text.last == 0 { text.removeLast() }
        return String(validating: text, as: UTF8.self)
    }
}

extension NumberType {
    /// The number at a place of a buffer that has it.
    func number(in buffer: UnsafeRawBufferPointer, at offset: Int, isBigEndian: Bool) -> Double {
        func bits<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
            let value = buffer.loadUnaligned(fromByteOffset: offset, as: type)
            return isBigEndian ? value.byteSwapped : value
        }
        switch self {
        case .f16: return Self.half(bits(UInt16.self))
        case .f32: return Double(Float(bitPattern: bits(UInt32.self)))
        case .f64: return Double(bitPattern: bits(UInt64.self))
        case .i8: return Double(bits(Int8.self))
        case .i16: return Double(bits(Int16.self))
        case .i32: return Double(bits(Int32.self))
        case .i64: return Double(bits(Int64.self))
        case .u8: return Double(bits(UInt8.self))
        case .u16: return Double(bits(UInt16.self))
        case .u32: return Double(bits(UInt32.self))
        case .u64: return Double(bits(UInt64.self))
        case .bool: return bits(UInt8.self) == 0 ? 0 : 1
        }
    }

    /// Float16 does not exist on every machine.
    private static func half(_ bits: UInt16) -> Double {
        let sign: Double = bits >> 15 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 31)
        let fraction = Double(bits & 1023) / 1024
        switch exponent {
        case 0: return sign * fraction * 0x1p-14
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
        }
    }
}

extension HostTensor {
    /// Whether tensors in memory can have elements of this type.
    static func canHold(_ element: StoredElement) -> Bool {
        switch element {
        case .unicode, .bytes: true
        case .number(let type): type.elementType != nil
        }
    }

    /// A stored array's elements in ordinary memory.
    ///
    /// Trusts that a tensor can hold them.
    init(_ array: StoredArray, subject: String) throws(Diagnostic) {
        guard array.isRowMajor else {
            throw Diagnostic(
                "npy.fortran-order", subject, "the array is in Fortran order; save numpy.ascontiguousarray(x) instead",
                expected: "C order", found: "Fortran order", kind: .knownLimitation)
        }
        if let texts = try array.texts(subject: subject) {
            self.init(shape: array.shape, texts: texts)
            return
        }
        guard case .number(let type) = array.element, let elements = type.elementType?.storage(of: array.bytes.copy()[...])
        else { throw Diagnostic("npy.bool", subject, "a truth value is neither 0 nor 1", expected: "0 or 1") }
        self.init(shape: array.shape, storage: elements)
    }
}
