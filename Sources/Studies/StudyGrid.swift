import Graph
import Models

/// The values of some keys of a specification, of which a sweep trains every combination.
public struct StudyGrid: Hashable, Sendable {
    public struct Axis: Hashable, Sendable, Codable {
        public var key: String
        /// As they were typed, in their order.
        public var values: [String]
    }

    public private(set) var axes: [Axis] = []

    private static let mostVariants = 10_000

    /// - Parameter texts: each one or more `key=value,value,…` with commas between; a value may be JSON with commas inside
    ///   brackets or quotes.
    /// - Throws: `sweep.grid`, or `sweep.size`.
    public init(_ texts: [String]) throws(Diagnostic) {
        for text in texts {
            for piece in Self.pieces(text) { try add(piece, of: text) }
        }
        if let empty = axes.first(where: \.values.isEmpty) { throw Self.failure("`\(empty.key)` has no value", empty.key) }
        guard !axes.isEmpty else { throw Self.failure("there is no key", texts.joined(separator: " ")) }
        var count = 1
        for axis in axes { count = min(count * axis.values.count, Self.mostVariants + 1) }
        guard count <= Self.mostVariants else {
            throw Diagnostic(
                "sweep.size", "--grid", "the grid has too many combinations", expected: "at most \(Self.mostVariants)",
                found: axes.map { "\($0.values.count)" }.joined(separator: " × "))
        }
    }

    private mutating func add(_ piece: String, of text: String) throws(Diagnostic) {
        var value = piece
        if let match = piece.prefixMatch(of: /([A-Za-z_][A-Za-z0-9_]*)=/) {
            let key = String(match.output.1)
            guard !axes.contains(where: { $0.key == key }) else { throw Self.failure("`\(key)` stands twice", text) }
            axes.append(Axis(key: key, values: []))
            value = String(piece[match.range.upperBound...])
        }
        guard let last = axes.indices.last else { throw Self.failure("`\(piece)` belongs to no key", text) }
        guard !value.isEmpty else { throw Self.failure("a value of `\(axes[last].key)` is empty", text) }
        guard !axes[last].values.contains(value) else {
            throw Self.failure("`\(axes[last].key)` has the value \(value) twice", text)
        }
        axes[last].values.append(value)
    }

    private static func failure(_ message: String, _ text: String) -> Diagnostic {
        Diagnostic(
            "sweep.grid", "--grid", "the grid cannot be read: \(message)", expected: "key=value,value,…,key=value,…",
            found: "\"\(text)\"")
    }

    /// A text cut at its commas, but for those inside brackets or quotes.
    private static func pieces(_ text: String) -> [String] {
        var (pieces, depth, isQuoted) = ([""], 0, false)
        for character in text {
            switch character {
            case "\"": isQuoted.toggle()
            case "[", "{": if !isQuoted { depth += 1 }
            case "]", "}": if !isQuoted { depth -= 1 }
            case ",":
                if depth == 0 && !isQuoted {
                    pieces.append("")
                    continue
                }
            case _: break
            }
            pieces[pieces.count - 1].append(character)
        }
        return pieces
    }

    /// Every combination, the values of the last key changing first.
    ///
    /// - Throws: what a specification says of a key or value that it does not know.
    public func variants(of spec: ModelSpec) throws(Diagnostic) -> [StudyVariant] {
        var combinations: [[String]] = [[]]
        for axis in axes { combinations = combinations.flatMap { begun in axis.values.map { begun + [$0] } } }
        let digits = String(combinations.count).count
        var variants: [StudyVariant] = []
        for (index, settings) in combinations.enumerated() {
            let overrides = zip(axes, settings).map { "\($0.key)=\($1)" }
            try Self.check(spec, overrides)
            let title = overrides.joined(separator: ",")
            let number = String(index + 1)
            let place = String(repeating: "0", count: digits - number.count) + number
            variants.append(
                StudyVariant(
                    name: "\(place)-\(StudyVariant.fileName(title))", title: overrides.joined(separator: ", "),
                    overrides: overrides, settings: settings))
        }
        return variants
    }

    /// Before hours of training, not after.
    private static func check(_ spec: ModelSpec, _ overrides: [String]) throws(Diagnostic) {
        do {
            _ = try spec.applying(overrides)
        } catch {
            var diagnostic = error
            diagnostic.subject = diagnostic.subject.replacing("--set ", with: "--grid ")
            throw diagnostic
        }
    }
}
