import Foundation

/// The ids of diagnostics in the source code. Ids stand there in full, but for those of operations' type rules.
struct ThrownDiagnostics {
    /// Where each id stands, as `file:line`.
    private(set) var places: [String: String] = [:]
    /// Places of diagnostics whose id is neither written there nor handed over as `id`.
    private(set) var unreadable: [String] = []

    /// - Parameter areas: an id of one of these counts wherever arguments follow it, and not only in a diagnostic.
    init(areas: Set<String>) throws {
        let root = TestFiles.path("Sources")
        let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        for file in files.sorted() where file.hasSuffix(".swift") && !file.hasSuffix("Diagnostics.swift") {
            try scan("Sources/\(file)", areas)
        }
    }

    private mutating func scan(_ file: String, _ areas: Set<String>) throws {
        let source = try TestFiles.read(file)
        for match in source.matches(of: #/\bDiagnostic\(\s*("?)([^",]*)/#) {
            let (quote, text) = (match.output.1, match.output.2)
            let place = "\(file):\(line(of: match.range.lowerBound, in: source))"
            if quote.isEmpty {
                if text != "id" && !text.hasSuffix("? ") { unreadable.append(place) }
            } else if text.hasPrefix("\\") {
                if file != "Sources/Graph/Ops/TypeRules.swift" { unreadable.append(place) }
            } else {
                places[String(text)] = place
            }
        }
        // Names of values look the same, but stand last among arguments.
        for match in source.matches(of: #/"([a-z]+)\.([a-z0-9-]+)"(?:,| :)/#) where areas.contains(String(match.output.1)) {
            places["\(match.output.1).\(match.output.2)"] = "\(file):\(line(of: match.range.lowerBound, in: source))"
        }
    }

    private func line(of index: String.Index, in source: String) -> Int { source[..<index].count { $0 == "\n" } + 1 }
}
