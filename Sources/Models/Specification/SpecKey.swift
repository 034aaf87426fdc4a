import Graph

/// One key of a specification: how its value is checked and stored, and how it is written back.
struct SpecKey: Sendable {
    let name: String
    /// Whether null means the same as no value.
    var nullable = false
    let read: @Sendable (JSONValue, inout ModelSpec) throws(Violation) -> Void
    let write: @Sendable (ModelSpec) -> JSONValue

    /// What is wrong with a value; the reader adds the key and its place.
    struct Violation: Error {
        var id: String
        var message: String
        var expected: String?
        var found: String?
        var kind = Diagnostic.Kind.userError
    }
}

// MARK: Values

extension JSONValue {
    func type(_ expected: String) -> SpecKey.Violation {
        SpecKey.Violation(
            id: "spec.type", message: "the value has the wrong type", expected: expected, found: "\(kind), \(self)")
    }

    func range(_ expected: String) -> SpecKey.Violation {
        SpecKey.Violation(id: "spec.range", message: "the value is out of range", expected: expected, found: "\(self)")
    }

    func wholeNumber(in range: ClosedRange<Int>) throws(SpecKey.Violation) -> Int {
        let value: Int? =
            switch self {
            case .integer(let value): value
            case .number(let value): Int(exactly: value)
            case .null, .bool, .string, .array, .object: nil
            }
        let expected = "a whole number in \(range.lowerBound)...\(range.upperBound)"
        guard let value else { throw type(expected) }
        guard range.contains(value) else { throw self.range(expected) }
        return value
    }

    func number(_ expected: String, where isValid: (Double) -> Bool) throws(SpecKey.Violation) -> Double {
        let value: Double
        switch self {
        case .integer(let whole): value = Double(whole)
        case .number(let number): value = number
        case .null, .bool, .string, .array, .object: throw type(expected)
        }
        guard isValid(value) else { throw range(expected) }
        return value
    }

    func truth() throws(SpecKey.Violation) -> Bool {
        guard case .bool(let value) = self else { throw type("true or false") }
        return value
    }

    func name(of expected: String) throws(SpecKey.Violation) -> String {
        guard case .string(let value) = self else { throw type(expected) }
        return value
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _: Choice.Type
    ) throws(SpecKey.Violation) -> Choice {
        let expected = "one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        let name = try name(of: expected)
        guard let choice = Choice(rawValue: name) ?? Choice(rawValue: name.lowercased()) else {
            throw SpecKey.Violation(
                id: "spec.choice", message: "the value is not known", expected: expected, found: "\"\(name)\"")
        }
        return choice
    }

    func list(count: Int? = nil, of expected: String) throws(SpecKey.Violation) -> [JSONValue] {
        guard case .array(let elements) = self else { throw type(expected) }
        guard count == nil || elements.count == count else { throw range(expected) }
        return elements
    }

    /// Different modalities, put into the model's order.
    func modalities() throws(SpecKey.Violation) -> [Modality] {
        var chosen: Set<Modality> = []
        for element in try list(of: "a list of \"text\", \"audio\", \"vision\"") {
            let modality = try element.choice(Modality.self)
            guard chosen.insert(modality).inserted else { throw range("each modality once") }
        }
        return Modality.allCases.filter(chosen.contains)
    }

    func sizes(in range: ClosedRange<Int>) throws(SpecKey.Violation) -> PerModality<Int> {
        var sizes: [Int] = []
        for element in try list(count: 3, of: "three whole numbers: text, audio, vision") {
            sizes.append(try element.wholeNumber(in: range))
        }
        return PerModality(text: sizes[0], audio: sizes[1], vision: sizes[2])
    }
}

// MARK: Keys of common types

extension SpecKey {
    typealias Path<Value> = any WritableKeyPath<ModelSpec, Value> & Sendable

    static func integer(_ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>) -> SpecKey {
        SpecKey(name: name) { (value, spec) throws(Violation) in
            spec[keyPath: path] = try value.wholeNumber(in: range)
        } write: {
            .integer($0[keyPath: path])
        }
    }

    static func number(_ name: String, _ path: Path<Double>, _ range: ClosedRange<Double>) -> SpecKey {
        SpecKey(name: name) { (value, spec) throws(Violation) in
            spec[keyPath: path] = try value.number(
                "a number in \(range.lowerBound)...\(range.upperBound)", where: range.contains)
        } write: {
            .number($0[keyPath: path])
        }
    }

    /// A dropout rate; at 1 nothing would be left to scale up.
    static func rate(_ name: String, _ path: Path<Double>) -> SpecKey {
        SpecKey(name: name) { (value, spec) throws(Violation) in
            spec[keyPath: path] = try value.number("a number from 0 up to, but not, 1") { $0 >= 0 && Float($0) < 1 }
        } write: {
            .number($0[keyPath: path])
        }
    }

    static func flag(_ name: String, _ path: Path<Bool>) -> SpecKey {
        SpecKey(name: name) { (value, spec) throws(Violation) in
            spec[keyPath: path] = try value.truth()
        } write: {
            .bool($0[keyPath: path])
        }
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: Path<Choice>
    ) -> SpecKey {
        SpecKey(name: name) { (value, spec) throws(Violation) in
            spec[keyPath: path] = try value.choice(Choice.self)
        } write: {
            .string($0[keyPath: path].rawValue)
        }
    }

    static func sizes(_ name: String, _ path: Path<PerModality<Int>?>, _ range: ClosedRange<Int>) -> SpecKey {
        SpecKey(name: name, nullable: true) { (value, spec) throws(Violation) in
            spec[keyPath: path] = try value.sizes(in: range)
        } write: {
            $0[keyPath: path].map { .array($0.all.map { .integer($0) }) } ?? .null
        }
    }

    static func modalities(_ name: String, _ path: Path<[Modality]>, allowEmpty: Bool) -> SpecKey {
        SpecKey(name: name) { (value, spec) throws(Violation) in
            let modalities = try value.modalities()
            guard allowEmpty || !modalities.isEmpty else { throw value.range("at least one modality") }
            spec[keyPath: path] = modalities
        } write: {
            .array($0[keyPath: path].map { .string($0.rawValue) })
        }
    }
}
