import Graph

/// What numpy's functions and types mean in a pickle.
extension PickleMachine {
    /// REDUCE: a function of the allow-list with its arguments.
    mutating func reduce() throws(Diagnostic) {
        let values = try pop(2)
        guard case .global(let global) = values[0] else {
            throw failure("pickle.call", "only what the pickle names can be called", found: words(values[0]))
        }
        let arguments = try tuple(values[1])
        switch global {
        case .reconstruct:
            guard arguments.count == 3, case .global(.array) = arguments[0] else { throw call(global, arguments) }
            push(.array(nil))
        case .elementType: push(.elementType(try elementType(arguments)))
        case .fromBuffer: push(.array(try array(fromBuffer: arguments)))
        case .scalar: stack.append(try scalar(arguments))
        case .encode:
            guard arguments.count == 2, case .text(let text) = arguments[0],
                ["latin1", "latin-1"].contains(try self.text(arguments[1]))
            else { throw call(global, arguments) }
            stack.append(.bytes(PickleBytes(range: text.range, isLatinText: !text.mayBeBytes)))
        case .bytes, .byteArray: stack.append(.bytes(try plainBytes(global, arguments)))
        case .orderedDictionary:
            guard arguments.isEmpty else { throw call(global, arguments) }
            push(.dictionary([], keys: []))
        case .array: throw call(global, arguments)
        }
    }

    /// BUILD: completes an array or an element type.
    mutating func build() throws(Diagnostic) {
        let state = try tuple(try pop())
        guard case .object(let index) = try top() else {
            throw failure("pickle.build", "only arrays and element types are completed", found: words(try top()))
        }
        switch objects[index] {
        case .elementType(var type):
            try complete(&type, state)
            replace(index, by: .elementType(type))
        case .array(nil): replace(index, by: .array(try array(state: state)))
        case .array, .list, .tuple, .dictionary:
            throw failure(
                "pickle.build", "only arrays and element types are completed, and arrays once", found: objects[index].words)
        }
    }

    // MARK: Element types

    /// numpy.dtype('f4', False, True).
    private func elementType(_ arguments: [PickleValue]) throws(Diagnostic) -> PickleElement {
        guard arguments.count == 3, case .text = arguments[0] else { throw call(.elementType, arguments) }
        let code = try text(arguments[0])
        if code == "O8" || code == "O4" || code == "O" { return PickleElement(element: nil, isBigEndian: false) }
        guard let element = StoredElement(numpyCode: code) else {
            throw failure(
                "pickle.element-type", "an array's element type is not supported",
                expected: "floats, whole numbers, truth values, texts or objects", found: code, kind: .knownLimitation)
        }
        return PickleElement(element: element, isBigEndian: false)
    }

    /// (3, '<', None, None, None, -1, -1, 0): version, byte order, and what structured types have.
    private func complete(_ type: inout PickleElement, _ state: [PickleValue]) throws(Diagnostic) {
        guard (8...9).contains(state.count), case .text = state[1], case .none = state[2], case .none = state[3],
            case .none = state[4]
        else {
            throw failure(
                "pickle.element-type", "structured element types are not supported", expected: "a plain element type",
                kind: .knownLimitation)
        }
        switch try text(state[1]) {
        case "<", "|", "=": type.isBigEndian = false
        case ">": type.isBigEndian = type.element?.hasNoByteOrder == false
        default:
            throw failure("pickle.element-type", "the byte order is not known", expected: "<, >, | or =")
        }
    }

    private func elementType(_ value: PickleValue) throws(Diagnostic) -> PickleElement {
        guard case .object(let index) = value, case .elementType(let type) = objects[index] else {
            throw failure("pickle.call", "an array needs an element type", found: words(value))
        }
        return type
    }

    // MARK: Arrays

    /// (1, shape, dtype, is in Fortran order, contents).
    private func array(state: [PickleValue]) throws(Diagnostic) -> PickleArray {
        guard state.count == 5, let isColumnMajor = truth(state[3]) else {
            throw failure("pickle.build", "an array is completed by version, shape, element type, order and contents")
        }
        let contents: PickleArray.Contents
        if case .object(let index) = state[4], case .list = objects[index] {
            contents = .list(index)
        } else {
            contents = .bytes(try rawBytes(state[4]))
        }
        return try checked(
            PickleArray(
                shape: try shape(state[1]), type: try elementType(state[2]),
                order: isColumnMajor ? .columnMajor : .rowMajor, contents: contents))
    }

    /// (bytes, dtype, shape, order), and where that is K the order of the axes.
    private func array(fromBuffer arguments: [PickleValue]) throws(Diagnostic) -> PickleArray {
        guard (4...5).contains(arguments.count) else { throw call(.fromBuffer, arguments) }
        let shape = try shape(arguments[2])
        let order: AxisOrder
        switch (try text(arguments[3]), arguments.dropFirst(4).first) {
        case ("C", .none?), ("C", nil): order = .rowMajor
        case ("F", .none?), ("F", nil): order = .columnMajor
        case ("K", let axes?):
            let axes = try self.shape(axes)
            guard axes.sorted() == Array(shape.indices) else { throw call(.fromBuffer, arguments) }
            order = .transposed(axes)
        default: throw call(.fromBuffer, arguments)
        }
        return try checked(
            PickleArray(
                shape: shape, type: try elementType(arguments[1]), order: order,
                contents: .bytes(try rawBytes(arguments[0]))))
    }

    /// Compares sizes now, so that nothing is ever allocated for a shape that the file does not have.
    private func checked(_ array: PickleArray) throws(Diagnostic) -> PickleArray {
        guard let count = HostTensor.elementCount(of: array.shape) else {
            throw failure("pickle.shape", "an array's shape is negative or too large", found: "\(array.shape)")
        }
        let expected: String
        let found: Int
        switch (array.contents, array.type.element) {
        case (.list(let index), nil):
            found = values(ofList: index).count
            if found == count { return array }
            expected = "\(count) objects"
        case (.bytes(let bytes), .some(let element)):
            guard let size = StoredArray.byteCount(array.shape, element) else {
                throw failure("pickle.shape", "an array's shape is negative or too large", found: "\(array.shape)")
            }
            // Of a text only the number of characters has to fit, which is known when it is decoded.
            if size == bytes.range.count || (bytes.isLatinText && bytes.range.count / 2 <= size && size <= bytes.range.count) {
                return array
            }
            (expected, found) = ("\(size) bytes", bytes.range.count)
        case (.list, .some), (.bytes, nil):
            throw failure("pickle.array", "an array of objects has a list of them, and one of numbers bytes")
        }
        throw failure(
            "pickle.array", "an array's contents have not the size that shape and element type give",
            expected: "\(expected) for \(array.shape)", found: "\(found)")
    }

    private func shape(_ value: PickleValue) throws(Diagnostic) -> [Int] {
        // The largest number of axes that numpy has.
        let mostAxes = 64
        var shape: [Int] = []
        for size in try tuple(value) {
            guard case .integer(let size) = size, shape.count < mostAxes else {
                throw failure(
                    "pickle.shape", "a shape is a tuple of at most \(mostAxes) whole numbers", found: words(size))
            }
            shape.append(size)
        }
        return shape
    }

    // MARK: Scalars and bytes

    /// A number of numpy's, as an ordinary one: (dtype, bytes).
    private func scalar(_ arguments: [PickleValue]) throws(Diagnostic) -> PickleValue {
        guard arguments.count == 2 else { throw call(.scalar, arguments) }
        let type = try elementType(arguments[0])
        guard case .number(let number) = type.element else { throw call(.scalar, arguments) }
        let contents = try rawBytes(arguments[1])
        guard contents.range.count <= 2 * number.byteWidth,
            let array = StoredArray(
                shape: [], element: .number(number), isBigEndian: type.isBigEndian, bytes: try view(of: contents)),
            let value = array.numbers?.first
        else {
            throw failure("pickle.array", "a number's bytes have not the size of its element type")
        }
        if number == .bool { return .truth(value != 0) }
        if number.isWhole, let whole = Int(exactly: value) { return .integer(whole) }
        return .number(value)
    }

    /// bytes(), or what protocols 2 to 4 have for a bytearray.
    private func plainBytes(_ global: PickleGlobal, _ arguments: [PickleValue]) throws(Diagnostic) -> PickleBytes {
        if arguments.isEmpty { return PickleBytes(range: 0..<0, isLatinText: false) }
        if global == .byteArray, arguments.count == 1, case .bytes(let bytes) = arguments[0] { return bytes }
        guard global == .byteArray, arguments.count == 2, case .text(let text) = arguments[0] else {
            throw call(global, arguments)
        }
        return PickleBytes(range: text.range, isLatinText: !text.mayBeBytes)
    }

    private func rawBytes(_ value: PickleValue) throws(Diagnostic) -> PickleBytes {
        switch value {
        case .bytes(let bytes): return bytes
        case .text(let text) where text.mayBeBytes: return PickleBytes(range: text.range, isLatinText: false)
        case .text, .none, .truth, .integer, .number, .object, .global:
            throw failure("pickle.array", "an array's contents are bytes", expected: "bytes", found: words(value))
        }
    }

    // MARK: Arguments

    private func tuple(_ value: PickleValue) throws(Diagnostic) -> [PickleValue] {
        guard case .object(let index) = value, case .tuple(let values) = objects[index] else {
            throw failure("pickle.stack", "a tuple is needed", expected: "a tuple", found: words(value))
        }
        return values
    }

    /// Older versions write 0 and 1.
    private func truth(_ value: PickleValue) -> Bool? {
        switch value {
        case .truth(let truth): truth
        case .integer(0): false
        case .integer(1): true
        case .integer, .none, .number, .text, .bytes, .object, .global: nil
        }
    }

    private func call(_ global: PickleGlobal, _ arguments: [PickleValue]) -> Diagnostic {
        failure(
            "pickle.call", "\(global.rawValue) is not called like this by numpy",
            found: "(" + arguments.prefix(8).map(words).joined(separator: ", ") + ")")
    }
}
