import Graph

/// An option of a pass, for listings and for checking what is given.
public struct PassOption: Sendable {
    public let name: String
    /// What stands after the equals sign; nil for an option that is only given or not.
    public let value: String?
    /// What it says, and after a semicolon what holds without it.
    public let meaning: String

    init(_ name: String, _ value: String?, _ meaning: String) {
        self.name = name
        self.value = value
        self.meaning = meaning
    }

    /// As on the command line.
    public var spelling: String { value.map { "\(name)=\($0)" } ?? name }
}

/// The name of a pass with options, as in `optimizer:weight-decay=0.01:clip=1`.
struct PassArguments: Sendable {
    let name: String
    let text: String
    /// Options that are only given have an empty value.
    private let values: [(name: String, value: String?)]

    init(_ text: String) {
        self.text = text
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        name = String(words[0])
        values = words.dropFirst().map { word in
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : nil)
        }
    }

    subscript(_ name: String) -> String? { values.last { $0.name == name }?.value }

    func isGiven(_ name: String) -> Bool { values.contains { $0.name == name } }

    func number(_ name: String) throws(Diagnostic) -> Double? {
        guard let word = self[name] else { return nil }
        guard let number = Double(word), number.isFinite, number >= 0 else { throw invalid(name, "a number, at least 0", word) }
        return number
    }

    func percent(_ name: String) throws(Diagnostic) -> Int? {
        guard let word = self[name] else { return nil }
        guard let number = Int(word), (0...100).contains(number) else { throw invalid(name, "a whole number from 0 to 100", word) }
        return number
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String) throws(Diagnostic) -> Choice?
    where Choice.RawValue == String {
        guard let word = self[name] else { return nil }
        guard let choice = Choice(rawValue: word) else {
            throw invalid(name, Choice.allCases.map(\.rawValue).joined(separator: " or "), word)
        }
        return choice
    }

    /// - Throws: `passes.option` for an option that the pass does not have, or that lacks its value.
    func check(_ options: [PassOption]) throws(Diagnostic) {
        for given in values {
            guard let option = options.first(where: { $0.name == given.name }), (option.value == nil) == (given.value == nil) else {
                let known = options.map(\.spelling).joined(separator: ", ")
                throw invalid(given.name, known.isEmpty ? "no options" : known, given.value.map { "\(given.name)=\($0)" } ?? given.name)
            }
        }
    }

    private func invalid(_ option: String, _ expected: String, _ found: String) -> Diagnostic {
        Diagnostic("passes.option", text, "option \(option) of pass \(name) is wrong", expected: expected, found: found)
    }
}
