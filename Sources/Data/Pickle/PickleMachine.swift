import Graph

/// Runs the instructions of a pickle that make data, and none that could call anything.
///
/// Nothing is executed: the few functions of `PickleGlobal` are known by what they mean for data. Texts and the bytes of
/// arrays stay in the file. Everything else is refused with the instruction's name and place.
struct PickleMachine {
    let path: String
    let bytes: ByteView
    /// What comes next.
    var position = 0
    /// Where the present instruction began.
    private var start = 0
    private var opcode: PickleOpcode?
    private var instructionCount = 0
    var stack: [PickleValue] = []
    /// The stack's heights at the marks.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private(set) var objects: [PickleObject] = []
    /// By their places: a file may use one key, of any length, in as many dictionaries as it likes.
    private var keys: [Int: String] = [:]

    private let mostInstructions: Int

    /// Many times what the largest data sets of the field have.
    private static let mostInstructionsOfAnyFile = 2_000_000
    /// For each instruction a file has so many bytes, or a mebibyte in all: lists of numbers and texts have fewer, beside arrays
    /// that are far larger.
    private static let bytesPerInstruction = 32
    private static let deepestNesting = 100
    private static let protocols = 2...5

    init(path: String, bytes: ByteView) {
        self.path = path
        self.bytes = bytes
        mostInstructions = min(Self.mostInstructionsOfAnyFile, (bytes.count + 1 << 20) / Self.bytesPerInstruction)
    }

    /// Runs all instructions and returns what they leave.
    mutating func run() throws(Diagnostic) -> PickleValue {
        try checkProtocol()
        while true {
            start = position
            opcode = nil
            let byte = try integer(UInt8.self)
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw failure(
                    "pickle.opcode", "this is no instruction of a pickle", found: "0x" + String(byte, radix: 16))
            }
            self.opcode = opcode
            instructionCount += 1
            guard instructionCount <= mostInstructions else {
                throw failure(
                    "pickle.size", "the pickle has too many instructions for its size: arrays are kept as arrays, not as lists",
                    expected: "at most \(mostInstructions) in \(bytes.count) bytes")
            }
            if opcode == .stop { break }
            try execute(opcode)
        }
        let result = try pop()
        guard stack.isEmpty, marks.isEmpty else {
            throw failure("pickle.stack", "the pickle ends with values that belong to nothing", found: "\(stack.count) values")
        }
        guard position == bytes.count else {
            throw failure(
                "pickle.trailing", "bytes follow the end of the pickle", expected: "the end of the file",
                found: "\(bytes.count - position) bytes")
        }
        return result
    }

    private mutating func checkProtocol() throws(Diagnostic) {
        if bytes.starts(with: Array("PK".utf8)) {
            throw Diagnostic(
                "pickle.archive", path, "this is a zip archive, such as torch.save and numpy.savez write, and no pickle",
                expected: "a pickle of a dictionary of numpy arrays; an .npz file by that name"
            ).at(byte: 0)
        }
        guard bytes.first == PickleOpcode.proto.rawValue else {
            throw Diagnostic(
                "pickle.protocol", path, "this is no pickle, or one of protocol 0 or 1",
                expected: "a pickle of protocol \(Self.protocols.lowerBound) to \(Self.protocols.upperBound)",
                found: bytes.first.map { "0x" + String($0, radix: 16) } ?? "an empty file"
            ).at(byte: 0)
        }
    }

    // MARK: Instructions

    private mutating func execute(_ opcode: PickleOpcode) throws(Diagnostic) {
        switch opcode {
        case .proto: try readProtocol()
        case .frame: try readFrame()
        case .stop: break
        case .none: stack.append(.none)
        case .newTrue: stack.append(.truth(true))
        case .newFalse: stack.append(.truth(false))
        case .binInt: stack.append(.integer(Int(Int32(bitPattern: try integer(UInt32.self)))))
        case .binInt1: stack.append(.integer(Int(try integer(UInt8.self))))
        case .binInt2: stack.append(.integer(Int(try integer(UInt16.self))))
        case .long1: stack.append(.integer(try longInteger(count: Int(try integer(UInt8.self)))))
        case .long4: stack.append(.integer(try longInteger(count: Int(try integer(UInt32.self)))))
        case .binFloat: stack.append(.number(Double(bitPattern: try integer(UInt64.self).byteSwapped)))
        case .shortBinString: try pushText(try length(UInt8.self), mayBeBytes: true)
        case .binString: try pushText(try length(UInt32.self), mayBeBytes: true)
        case .shortBinUnicode: try pushText(try length(UInt8.self), mayBeBytes: false)
        case .binUnicode: try pushText(try length(UInt32.self), mayBeBytes: false)
        case .binUnicode8: try pushText(try length(UInt64.self), mayBeBytes: false)
        case .shortBinBytes: try pushBytes(try length(UInt8.self))
        case .binBytes: try pushBytes(try length(UInt32.self))
        case .binBytes8, .byteArray8: try pushBytes(try length(UInt64.self))
        case .mark, .pop, .popMark: try moveMarks(opcode)
        case .emptyList: push(.list([]))
        case .emptyTuple: push(.tuple([]))
        case .emptyDict: push(.dictionary([], keys: []))
        case .list: push(.list(try popToMark()))
        case .tuple: push(.tuple(try popToMark()))
        case .tuple1: push(.tuple(try pop(1)))
        case .tuple2: push(.tuple(try pop(2)))
        case .tuple3: push(.tuple(try pop(3)))
        case .dict:
            let items = try popToMark()
            push(.dictionary([], keys: []))
            try setItems(items)
        case .append: try append(try pop(1))
        case .appends: try append(try popToMark())
        case .setItem: try setItems(try pop(2))
        case .setItems: try setItems(try popToMark())
        case .binPut: memo[Int(try integer(UInt8.self))] = try top()
        case .longBinPut: memo[Int(try integer(UInt32.self))] = try top()
        case .memoize: memo[memo.count] = try top()
        case .binGet: try recall(Int(try integer(UInt8.self)))
        case .longBinGet: try recall(Int(try integer(UInt32.self)))
        case .global: try pushGlobal(module: try line(), name: try line())
        case .stackGlobal:
            let names = try pop(2)
            try pushGlobal(module: try text(names[0]), name: try text(names[1]))
        case .reduce: try reduce()
        case .build: try build()
        case .nextBuffer, .readOnlyBuffer:
            throw failure(
                "pickle.buffer", "the arrays are not in the file, but in buffers beside it", kind: .knownLimitation)
        case .persID, .binPersID:
            throw failure(
                "pickle.persistent", "the pickle refers to objects outside it, as files of torch.save do",
                expected: "numpy arrays: tensor.numpy()", kind: .knownLimitation)
        case .dup, .float, .int, .long, .string, .unicode, .get, .put, .inst, .obj, .newObj, .newObjEx, .ext1, .ext2, .ext4,
            .emptySet, .addItems, .frozenSet:
            throw failure(
                "pickle.not-allowed", "the instruction is not among those that data need",
                expected: "dictionaries, lists, texts, numbers and numpy arrays")
        }
    }

    private mutating func readProtocol() throws(Diagnostic) {
        let version = Int(try integer(UInt8.self))
        guard start == 0, Self.protocols.contains(version) else {
            throw failure(
                "pickle.protocol", start == 0 ? "the pickle's protocol is not supported" : "the protocol is not at the start",
                expected: "\(Self.protocols.lowerBound) to \(Self.protocols.upperBound)", found: "\(version)")
        }
    }

    private mutating func readFrame() throws(Diagnostic) {
        let length = try integer(UInt64.self)
        guard length <= UInt64(bytes.count - position) else {
            throw failure(
                "pickle.truncated", "the file ends within a frame: it is cut short", expected: "\(length) bytes",
                found: "\(bytes.count - position)")
        }
    }

    private mutating func moveMarks(_ opcode: PickleOpcode) throws(Diagnostic) {
        if opcode == .mark {
            guard marks.count < Self.deepestNesting else {
                throw failure(
                    "pickle.nesting", "values nest too deeply for a data set", expected: "at most \(Self.deepestNesting) levels")
            }
            marks.append(stack.count)
        } else if opcode == .popMark {
            _ = try popToMark()
        } else {
            _ = try pop()
        }
    }

    private mutating func recall(_ index: Int) throws(Diagnostic) {
        guard let value = memo[index] else {
            throw failure("pickle.memo", "the instruction refers to a value that was never kept", found: "number \(index)")
        }
        stack.append(value)
    }

    private mutating func pushGlobal(module: String, name: String) throws(Diagnostic) {
        guard let global = PickleGlobal(module: module, name: name) else {
            let isTorch = module == "torch" || module.hasPrefix("torch.")
            throw failure(
                "pickle.global",
                isTorch
                    ? "the pickle holds tensors of torch; save tensor.numpy() instead"
                    : "the pickle names something that is not data, which is not looked up, let alone called",
                expected: "numpy arrays, dtypes and scalars", found: "\(module.prefix(80)).\(name.prefix(80))")
        }
        stack.append(.global(global))
    }

    // MARK: Containers

    mutating func push(_ object: PickleObject) {
        stack.append(.object(objects.count))
        objects.append(object)
    }

    private mutating func append(_ values: [PickleValue]) throws(Diagnostic) {
        guard case .object(let index) = try top(), case .list(var list) = objects[index] else {
            throw failure("pickle.stack", "there is no list to append to", found: words(try top()))
        }
        // Without a second reference to the elements, they are not copied.
        objects[index] = .list([])
        list += values
        objects[index] = .list(list)
    }

    private mutating func setItems(_ items: [PickleValue]) throws(Diagnostic) {
        guard case .object(let index) = try top(), case .dictionary(var members, var keys) = objects[index] else {
            throw failure("pickle.stack", "there is no dictionary to put something into", found: words(try top()))
        }
        guard items.count % 2 == 0 else { throw failure("pickle.stack", "a key has no value") }
        objects[index] = .dictionary([], keys: [])
        for position in stride(from: 0, to: items.count, by: 2) {
            let key = try key(items[position])
            guard keys.insert(key).inserted else {
                throw failure("pickle.duplicate-key", "a dictionary has a key twice", found: key)
            }
            members.append((key, items[position + 1]))
        }
        objects[index] = .dictionary(members, keys: keys)
    }

    private mutating func key(_ value: PickleValue) throws(Diagnostic) -> String {
        switch value {
        case .text(let place):
            if let key = keys[place.range.lowerBound] { return key }
            let key = try text(value)
            keys[place.range.lowerBound] = key
            return key
        case .integer(let number): return "\(number)"
        case .object, .none, .truth, .number, .bytes, .global:
            throw failure(
                "pickle.key", "a dictionary's key cannot be one here", expected: "a text or a whole number", found: words(value))
        }
    }

    /// A list's values; none where the object is none.
    func values(ofList index: Int) -> [PickleValue] {
        guard case .list(let values) = objects[index] else { return [] }
        return values
    }

    /// Replaces an object that an instruction completes.
    mutating func replace(_ index: Int, by object: PickleObject) { objects[index] = object }

    // MARK: The stack

    func top() throws(Diagnostic) -> PickleValue {
        guard let value = stack.last, stack.count > marks.last ?? 0 else { throw underflow() }
        return value
    }

    mutating func pop() throws(Diagnostic) -> PickleValue { try pop(1)[0] }

    mutating func pop(_ count: Int) throws(Diagnostic) -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else { throw underflow() }
        let values = Array(stack.suffix(count))
        stack.removeLast(count)
        return values
    }

    private mutating func popToMark() throws(Diagnostic) -> [PickleValue] {
        guard let mark = marks.popLast() else {
            throw failure("pickle.stack", "the instruction needs a mark, and there is none")
        }
        let values = Array(stack[mark...])
        stack.removeLast(values.count)
        return values
    }

    private func underflow() -> Diagnostic { failure("pickle.stack", "the instruction needs values that are not there") }

    // MARK: Reading

    /// A little-endian number.
    private mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type
    ) throws(Diagnostic) -> Value {
        guard let value = LittleEndian.integer(type, at: position, in: bytes) else { throw truncated(Value.bitWidth / 8) }
        position += Value.bitWidth / 8
        return value
    }

    private mutating func length<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type) throws(Diagnostic) -> Int {
        let length = try integer(type)
        guard length <= UInt64(bytes.count - position) else { throw truncated(length) }
        return Int(length)
    }

    private mutating func pushText(_ count: Int, mayBeBytes: Bool) throws(Diagnostic) {
        stack.append(.text(PickleText(range: position..<(position + count), mayBeBytes: mayBeBytes)))
        position += count
    }

    private mutating func pushBytes(_ count: Int) throws(Diagnostic) {
        stack.append(.bytes(PickleBytes(range: position..<(position + count), isLatinText: false)))
        position += count
    }

    private mutating func longInteger(count: Int) throws(Diagnostic) -> Int {
        guard count <= bytes.count - position else { throw truncated(count) }
        guard count <= 8 else {
            throw failure("pickle.integer", "a whole number is too large", expected: "at most 64 bits", found: "\(count) bytes")
        }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += count
        let unused = UInt64(64 - 8 * count)
        return count == 0 ? 0 : Int(Int64(bitPattern: value << unused) >> Int64(unused))
    }

    /// The text up to the end of the line.
    private mutating func line() throws(Diagnostic) -> String {
        let longest = 200
        guard let end = bytes[position...].prefix(longest).firstIndex(of: UInt8(ascii: "\n")) else {
            throw truncated("a line of at most \(longest) bytes")
        }
        guard let text = String(validating: bytes[position..<end], as: UTF8.self) else {
            throw failure("pickle.text", "a name is no UTF-8 text")
        }
        position = end + 1
        return text
    }

    /// The text of a value that has to be a short one, such as a key or a name.
    func text(_ value: PickleValue) throws(Diagnostic) -> String {
        let longest = 4096
        guard case .text(let text) = value else {
            throw failure("pickle.stack", "a text is needed", expected: "a text", found: words(value))
        }
        guard text.range.count <= longest, let result = String(validating: bytes[text.range], as: UTF8.self) else {
            throw failure("pickle.text", "a name is too long or no UTF-8 text", expected: "at most \(longest) bytes")
        }
        return result
    }

    // MARK: Messages

    /// What a value is, for messages.
    func words(_ value: PickleValue) -> String {
        if case .object(let index) = value { return objects[index].words }
        return value.words
    }

    private func truncated(_ wanted: some CustomStringConvertible) -> Diagnostic {
        let count = "\(wanted)"
        return failure(
            "pickle.truncated", "the file ends within an instruction: it is cut short",
            expected: count.allSatisfy(\.isNumber) ? "\(count) bytes" : count, found: "\(bytes.count - position)")
    }

    func failure(
        _ id: String, _ message: String, expected: String? = nil, found: String? = nil, kind: Diagnostic.Kind = .userError
    ) -> Diagnostic {
        let diagnostic = Diagnostic(id, path, message, expected: expected, found: found, kind: kind)
        guard let opcode else { return diagnostic.at(byte: start) }
        var named = diagnostic
        named.subject += ": \(opcode.name) at byte \(start)"
        return named
    }
}
