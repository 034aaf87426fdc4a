import Foundation
import Graph
import Testing

/// A text that a parser must refuse, with the id of the message; a caret in a comment shows the place in the line above.
struct RefusedText: CustomTestStringConvertible {
    var id: String
    var text: String
    var testDescription: String { "\(id): \(text.split(separator: "\n").dropFirst().joined(separator: "|"))" }

    /// The texts of a file in the repository, each starting with its id in a comment.
    static func all(in file: String) throws -> [RefusedText] {
        try TestFiles.read(file).components(separatedBy: "// ----\n").map { text in
            let first = text.prefix { $0 != "\n" }
            let id = first.hasPrefix("// error: ") ? String(first.dropFirst("// error: ".count)) : "?"
            return RefusedText(id: id, text: text)
        }
    }

    func expect(_ error: Diagnostic?) throws {
        let error = try #require(error, "\(text)")
        #expect(error.id == id, "\(error)")
        #expect(error.exitCode == 2)
        let location = try #require(error.location)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.hasPrefix("//") && line.hasSuffix("^") {
            #expect(location.line == index && location.column == line.count, "\(error)")
        }
    }
}

/// Texts that differ from a given one by a small damage.
enum DamagedText {
    static func truncations(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return bytes.indices.map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }

    static func lines(_ text: String, others: [String]) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.indices.flatMap { variants(lines, at: $0, others: others) }.map { $0.joined(separator: "\n") }
    }

    /// Damages words, and every other character by itself.
    static func words(_ text: String, others: [String]) -> [String] {
        let words = text.matches(of: #/[A-Za-z0-9_.+\-]+|[\s\S]/#).map { String($0.output) }
        return words.indices.filter { words[$0] != " " }.flatMap { index in
            variants(words, at: index, others: others).map { $0.joined() }
        }
    }

    /// The parts without one, with one twice, with two exchanged, and with one replaced.
    private static func variants(_ parts: [String], at index: Int, others: [String]) -> [[String]] {
        var without = parts
        without.remove(at: index)
        var twice = parts
        twice.insert(parts[index], at: index)
        var swapped = parts
        if index + 1 < parts.count { swapped.swapAt(index, index + 1) }
        let replaced = others.map { other in
            var changed = parts
            changed[index] = other
            return changed
        }
        return [without, twice, swapped] + replaced
    }
}

/// The rules that a comment of the repository's sources promises, by their ids in backquotes.
func promisedRules(in files: [String], prefix: String) throws -> Set<String> {
    var ids: Set<String> = []
    for file in files {
        for match in try TestFiles.read(file).matches(of: #/`([a-z]+\.[a-z-]+)`/#) {
            let id = String(match.output.1)
            if id.hasPrefix(prefix) { ids.insert(id) }
        }
    }
    return ids
}
