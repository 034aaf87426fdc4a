import Graph

/// The members of a specification after its overrides, and where each comes from.
struct SpecSource {
    let document: JSONDocument
    private(set) var members: [String: JSONValue]
    private var overridden: Set<String> = []

    init(_ document: JSONDocument, overrides: [String]) throws(Diagnostic) {
        guard case .object(let members) = document.value else {
            throw Diagnostic(
                "spec.type", document.file, "a specification is a JSON object", expected: "an object",
                found: document.value.kind)
        }
        self.document = document
        self.members = members
        for text in overrides {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Diagnostic(
                    "spec.override", "--set \(text)", "an override has a key and a value", expected: "key=value")
            }
            let key = String(parts[0])
            let value = String(parts[1])
            self.members[key] = (try? JSONDocument(Array(value.utf8), file: key).value) ?? .string(value)
            overridden.insert(key)
        }
    }

    /// Whether a key has a value.
    func gives(_ key: String) -> Bool { members[key] ?? .null != .null }

    func checkKeys() throws(Diagnostic) {
        let known = SpecKey.all.map(\.name) + SpecKey.unused
        for key in members.keys.sorted() where !known.contains(key) {
            let nearest = known.min { Self.distance(key, $0) < Self.distance(key, $1) }
            let hint = nearest.flatMap { Self.distance(key, $0) <= max(2, key.count / 3) ? "perhaps \"\($0)\"" : nil }
            throw failure(
                "unknown-key", key: key, "\"\(key)\" is no key of a specification in \(document.file)",
                expected: hint ?? "a known key", found: "\"\(key)\"")
        }
        for key in SpecKey.required where members[key] == nil {
            throw missing(key, "the specification lacks a key without a default")
        }
    }

    // MARK: Messages

    func missing(_ key: String, _ message: String) -> Diagnostic {
        Diagnostic("spec.missing-key", "\(document.file): \(key)", message, expected: "\"\(key)\"")
    }

    func failure(_ violation: SpecKey.Violation, key: String) -> Diagnostic {
        failure(
            violation.rule, key: key, violation.message, expected: violation.expected, found: violation.found,
            kind: violation.kind)
    }

    func failure(
        _ rule: String, key: String, _ message: String, expected: String? = nil, found: String? = nil,
        kind: Diagnostic.Kind = .userError
    ) -> Diagnostic {
        let subject = overridden.contains(key) ? "--set \(key)" : "\(document.file): \(key)"
        let location = overridden.contains(key) ? nil : document.location(ofKey: key)
        return Diagnostic(
            "spec.\(rule)", location == nil ? subject : key, message, expected: expected, found: found, kind: kind,
            location: location)
    }

    /// How many insertions, removals and replacements of characters lead from one text to the other.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
        var row = Array(0...b.count)
        for (i, character) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
