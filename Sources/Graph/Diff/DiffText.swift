/// Differences as people read them.
public struct DiffText {
    private let isColoured: Bool
    /// How many entries of one kind are shown; nil for all.
    private let limit: Int?

    public init(isColoured: Bool, limit: Int?) {
        self.isColoured = isColoured
        self.limit = limit
    }

    /// One part of a report: a headline, what differs, and what it adds up to.
    public func text(_ level: LevelDiff) -> String {
        let name = "\(level.level.rawValue) \(NameText.symbol(level.name))"
        var text = level.isSame ? "\(name): no difference\n" : headline(name, level.differences)
        var hidden = 0
        var shown: [String: Int] = [:]
        for group in groups(level.differences) {
            let key = "\(group[0].kind) \(group[0].subject)"
            shown[key, default: 0] += 1
            if let limit, shown[key, default: 0] > limit {
                hidden += group.count
            } else {
                text += self.text(group)
            }
        }
        if hidden > 0 { text += "  … \(hidden) more; --all shows them\n" }
        for size in level.sizes where size.a != size.b { text += "  \(size.name): \(size.a) → \(size.b)\(change(size))\n" }
        if let note = renaming(level.renamedInputs) { text += "  note: \(note)\n" }
        for note in level.notes { text += "  note: \(note)\n" }
        return text
    }

    private func renaming(_ inputs: [Difference.Detail]) -> String? {
        let most = 3
        guard !inputs.isEmpty else { return nil }
        let names = inputs.prefix(most).map { "\($0.a ?? "") is \($0.b ?? "")" }.joined(separator: ", ")
        let count = inputs.count == 1 ? "1 input has another name" : "\(inputs.count) inputs have other names"
        return "\(count): \(names)" + (inputs.count > most ? ", …" : "")
    }

    private func headline(_ name: String, _ differences: [Difference]) -> String {
        var counts: [String] = []
        for kind in [Difference.Kind.removed, .added, .changed] {
            let count = differences.count { $0.kind == kind }
            if count > 0 { counts.append("\(count) \(kind.rawValue)") }
        }
        return "\(name): " + counts.joined(separator: ", ") + "\n"
    }

    private func change(_ size: LevelDiff.Size) -> String {
        guard size.a > 0, size.name.hasSuffix("bytes") else { return "" }
        let tenths = ((Double(size.b) / Double(size.a) - 1) * 1000).rounded() / 10
        return " (\(tenths > 0 ? "+" : "")\(tenths) %)"
    }

    // MARK: Entries

    /// Things that changed alike are told together, such as types that all have another batch size.
    private func groups(_ differences: [Difference]) -> [[Difference]] {
        var places: [[String]: Int] = [:]
        var groups: [[Difference]] = []
        for difference in differences {
            var key = [difference.kind.rawValue, difference.subject.rawValue, difference.what] + difference.scope
            key += difference.details.flatMap { [$0.field, $0.a ?? "", $0.b ?? ""] }
            if difference.kind == .changed, let place = places[key] {
                groups[place].append(difference)
            } else {
                places[key] = groups.count
                groups.append([difference])
            }
        }
        return groups
    }

    private func text(_ group: [Difference]) -> String {
        let first = group[0]
        let (sign, colour) =
            switch first.kind {
            case .removed: ("-", "31")
            case .added: ("+", "32")
            case .changed: ("~", "33")
            }
        var line = "\(sign) \(subject(first))"
        if group.count > 1 {
            line += ": \(group.count) alike: " + group.map(name).joined(separator: "; ")
        } else if name(first) != first.what {
            line += " \(name(first))"
        }
        if let type = first.type { line += " : \(type)" }
        if !first.scope.isEmpty { line += "  in \(first.scope.joined(separator: ", "))" }
        return paint(line, colour) + "\n" + first.details.map { "    \(text($0))\n" }.joined()
    }

    private func subject(_ difference: Difference) -> String {
        switch difference.subject {
        case .operation: difference.what
        case .input: difference.what == "input" ? "input" : "input (\(difference.what))"
        case .output: "output"
        case .kernel: "kernel (\(difference.what))"
        case .step: "step \(difference.what)"
        case .slice: "slice (\(difference.what))"
        case .memory: difference.what
        case .program, .plan: difference.what
        }
    }

    private func name(_ difference: Difference) -> String {
        switch (difference.a, difference.b) {
        case (let a?, let b?): a == b ? a : "\(a) (\(b) in the second)"
        case (let a?, nil): a
        case (nil, let b?): b
        case (nil, nil): ""
        }
    }

    private func text(_ detail: Difference.Detail) -> String {
        if detail.isFact { return "\(detail.field): \(detail.a ?? detail.b ?? "")" }
        return "\(detail.field): \(detail.a ?? "none") → \(detail.b ?? "none")"
    }

    private func paint(_ line: String, _ colour: String) -> String { isColoured ? "\u{1b}[\(colour)m\(line)\u{1b}[0m" : line }
}
