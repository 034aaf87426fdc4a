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

    /// The numbers of an array with one axis, or with others of size one; nil for texts.
    var numbers: StoredNumbers? {
        guard case .number(let type) = element else { return nil }
        return StoredNumbers(bytes: bytes, type: type, isBigEndian: isBigEndian)
    }

    /// The texts of an array with one axis; nil for numbers.
    func texts(subject: String) throws(Diagnostic) -> [String]? {
        guard element.isText else { return nil }
        var texts: [String] = []
        texts.reserveCapacity(elementCount)
        for index in 0..<elementCount {
            guard let text = text(at: index) else {
                throw Diagnostic("npy.text", subject, "element \(index) is no valid text", expected: "Unicode text")
            }
            texts.append(text)
        }
        return texts
    }

    /// One text of an array with one axis; nil where it is none.
    func text(at index: Int) -> String? {
        guard let width = element.byteWidth, let part = bytes.view(at: index * width, count: width) else { return nil }
        switch element {
        case .number: return nil
        case .unicode: return Self.unicodeText(part, isBigEndian)
        case .bytes: return Self.byteText(part)
        }
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
