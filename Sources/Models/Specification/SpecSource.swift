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
            let hint = NearestName.suggestions(for: key, among: known).first.map { "perhaps \"\($0)\"" }
            throw failure(
                "spec.unknown-key", key: key,
                "\"\(key)\" is no key of a specification" + (overridden.contains(key) ? "" : " in \(document.file)"),
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
            violation.id, key: key, violation.message, expected: violation.expected, found: violation.found,
            kind: violation.kind)
    }

    func failure(
        _ id: String, key: String, _ message: String, expected: String? = nil, found: String? = nil,
        kind: Diagnostic.Kind = .userError
    ) -> Diagnostic {
        let subject = overridden.contains(key) ? "--set \(key)" : "\(document.file): \(key)"
        let location = overridden.contains(key) ? nil : document.location(ofKey: key)
        return Diagnostic(
            id, location == nil ? subject : key, message, expected: expected, found: found, kind: kind,
            location: location)
    }
}
