import Graph

/// A pickle in the form of MMSA's feature files: dictionaries of arrays for train, valid and test.
struct MultimodalPickle: ArrayFile {
    let path: String
    let format: String
    private let machine: PickleMachine
    private let values: [String: PickleValue]
    /// How often the file may name what has to be made anew for each name.
    private static let mostUses = 4

    init(path: String, bytes: ByteView) throws(Diagnostic) {
        var machine = PickleMachine(path: path, bytes: bytes)
        let top = try machine.run()
        var values: [String: PickleValue] = [:]
        guard let members = machine.members(top) else {
            throw Diagnostic(
                "pickle.schema", path, "the pickle is no dictionary of parts", expected: "train, valid and test",
                found: machine.words(top))
        }
        for (part, value) in members {
            guard Dataset.Part(rawValue: part) != nil, let arrays = machine.members(value) else {
                values[part] = value
                continue
            }
            for (name, value) in arrays { values["\(part)_\(name)"] = value }
        }
        // Each name takes a few bytes, and may stand for a list of any length.
        let (made, most) = (values.values.reduce(0) { $0 + machine.elementsToMake($1) }, Self.mostUses * (bytes.count + (1 << 20)))
        guard made <= most else {
            throw Diagnostic(
                "pickle.size", path, "the names of the pickle stand for the same lists or texts many times",
                expected: "at most \(most) elements", found: "\(made)")
        }
        self.path = path
        format = "pickle, protocol \(bytes.dropFirst().first ?? 0)"
        self.machine = machine
        self.values = values
    }

    var names: [String] { values.keys.sorted() }

    func value(named name: String) throws(Diagnostic) -> StoredValue? {
        guard let value = values[name] else { return nil }
        return try machine.stored(value, subject: "\(path): \(name)")
    }
}

extension PickleMachine {
    /// A dictionary's members; nil where the value is none.
    fileprivate func members(_ value: PickleValue) -> [(key: String, value: PickleValue)]? {
        guard case .object(let index) = value, case .dictionary(let members, _) = objects[index] else { return nil }
        return members
    }

    /// How many elements or bytes are made of a value, beside those that are taken where they lie.
    fileprivate func elementsToMake(_ value: PickleValue) -> Int {
        guard case .object(let index) = value else { return 0 }
        switch objects[index] {
        case .list(let values), .tuple(let values): return values.count
        case .array(let array?):
            switch array.contents {
            case .list(let index): return values(ofList: index).count
            case .bytes(let bytes): return bytes.isLatinText ? bytes.range.count : 0
            }
        case .array(nil), .dictionary, .elementType: return 0
        }
    }

    /// A value as a data file has it.
    fileprivate func stored(_ value: PickleValue, subject: String) throws(Diagnostic) -> StoredValue {
        guard case .object(let index) = value else { return .other(words(value)) }
        switch objects[index] {
        case .list(let values), .tuple(let values): return try stored(values, subject: subject)
        case .array(let array?):
            switch array.contents {
            case .list(let index):
                // Objects have no order in memory that could matter with one axis.
                guard array.shape.count == 1 else { return .other("an array of objects") }
                let values = values(ofList: index)
                // The list may have grown since.
                guard values.count == array.shape[0] else {
                    throw Diagnostic(
                        "pickle.array", subject, "the array's list is not as long as its shape says", expected: "\(array.shape[0])",
                        found: "\(values.count)")
                }
                return try stored(values, subject: subject)
            case .bytes(let bytes):
                guard let element = array.type.element else { throw damaged(subject) }
                let count = StoredArray.byteCount(array.shape, element)
                let stored = StoredArray(
                    shape: array.shape, element: element, order: array.order, isBigEndian: array.type.isBigEndian,
                    bytes: try view(of: bytes, count: count, subject: subject))
                guard let stored else { throw damaged(subject) }
                return .array(stored)
            }
        case .array(nil): throw damaged(subject)
        case .dictionary, .elementType: return .other(objects[index].words)
        }
    }

    /// A list of only texts, or only numbers.
    private func stored(_ values: [PickleValue], subject: String) throws(Diagnostic) -> StoredValue {
        var texts: [String] = []
        // By their places: a list may name one text, of any length, as often as it likes.
        var known: [Int: String] = [:]
        var numbers: [Double] = []
        var areWhole = true
        for (index, value) in values.enumerated() {
            switch value {
            case .text(let text):
                let place = text.range.lowerBound
                guard let string = known[place] ?? String(validating: bytes[text.range], as: UTF8.self) else {
                    throw Diagnostic("pickle.text", subject, "element \(index) is no UTF-8 text", expected: "Unicode text")
                }
                known[place] = string
                texts.append(string)
            case .integer(let number): numbers.append(Double(number))
            case .number(let number):
                numbers.append(number)
                areWhole = false
            case .none, .truth, .bytes, .object, .global: return .other("a list with \(words(value))")
            }
        }
        if texts.count == values.count { return .texts(texts) }
        return numbers.count == values.count ? .numbers(numbers, areWhole: areWhole) : .other("a list of texts and numbers")
    }

    /// The bytes, where they lie if they lie there as they are.
    func view(of contents: PickleBytes) throws(Diagnostic) -> ByteView {
        try view(of: contents, count: nil, subject: path)
    }

    private func view(of contents: PickleBytes, count: Int?, subject: String) throws(Diagnostic) -> ByteView {
        guard let text = bytes.view(at: contents.range.lowerBound, count: contents.range.count) else {
            throw damaged(subject)
        }
        guard contents.isLatinText else { return text }
        let decoded = LatinText.bytes(of: text, count: count ?? LatinText.count(text))
        guard let decoded else {
            throw Diagnostic(
                "pickle.array", subject, "the array's text does not decode to the bytes that shape and element type give",
                expected: count.map { "\($0) bytes" })
        }
        return ByteView(decoded)
    }

    private func damaged(_ subject: String) -> Diagnostic {
        Diagnostic("pickle.array", subject, "the array is without contents", expected: "shape, element type and bytes")
    }
}
