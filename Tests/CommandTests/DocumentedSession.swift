import Foundation

/// A section of a page that shows what somebody typed and what was printed: it can be run again, and compared.
///
/// The page is Markdown. A code block ```` ```dg NAME.dg ```` is a file. A paragraph ``Planted: in `B`, a copy of `A`, `old` became `new`.``
/// makes a file from another one. Blocks ```` ```console ```` hold commands after `$ ` with their output, and `[exit code N]` where that is
/// not zero; those of ```` ```console setup ```` prepare what the others look at. In an output, `…` stands for anything.
struct DocumentedSession {
    enum Event {
        case file(name: String, text: String)
        case planted(file: String, original: String, old: String, new: String)
        case command(Command)
    }

    struct Command {
        var line: String
        var isSetup: Bool
        var output: [String]
        /// Where the output stands in the page.
        var range: Range<Int>
    }

    var title: String
    private(set) var events: [Event]

    private init(title: String, events: [Event] = []) {
        self.title = title
        self.events = events
    }

    var commands: [Command] {
        events.compactMap { event in
            switch event {
            case .command(let command): command
            case .file, .planted: nil
            }
        }
    }

    /// The sections of a page that hold commands, in order.
    static func all(in page: String) -> [DocumentedSession] {
        let lines = page.components(separatedBy: "\n")
        // Files that stand before the first section are there in all of them.
        var shared = DocumentedSession(title: "")
        var sessions: [DocumentedSession] = []
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if line.hasPrefix("## ") {
                sessions.append(DocumentedSession(title: String(line.dropFirst(3)), events: shared.events))
            } else if line.hasPrefix("```"), line.count > 3 {
                let end = lines[(index + 1)...].firstIndex(of: "```") ?? lines.count
                let info = String(line.dropFirst(3))
                if let last = sessions.indices.last {
                    sessions[last].addBlock(info, lines, index + 1..<end)
                } else {
                    shared.addBlock(info, lines, index + 1..<end)
                }
                index = end
            } else if line.hasPrefix("Planted: "), !sessions.isEmpty {
                let end = lines[index...].firstIndex(of: "") ?? lines.count
                sessions[sessions.count - 1].addPlanted(lines[index..<end].joined(separator: "\n"))
                index = end
            }
            index += 1
        }
        return sessions.filter { !$0.commands.isEmpty }
    }

    private mutating func addPlanted(_ paragraph: String) {
        let pattern = #/Planted: in `(.+?)`, a copy of `(.+?)`, `(.+?)` became `(.+?)`\./#.dotMatchesNewlines()
        guard let (_, file, original, old, new) = paragraph.wholeMatch(of: pattern)?.output else { return }
        events.append(.planted(file: String(file), original: String(original), old: String(old), new: String(new)))
    }

    private mutating func addBlock(_ info: String, _ lines: [String], _ range: Range<Int>) {
        let words = info.split(separator: " ").map(String.init)
        if words[0] == "dg", words.count == 2 {
            events.append(.file(name: words[1], text: lines[range].joined(separator: "\n") + "\n"))
        }
        guard words[0] == "console" else { return }
        var start = range.lowerBound
        while start < range.upperBound {
            let end = lines[(start + 1)..<range.upperBound].firstIndex { $0.hasPrefix("$ ") } ?? range.upperBound
            events.append(
                .command(
                    Command(
                        line: String(lines[start].dropFirst(2)), isSetup: words.contains("setup"),
                        output: Array(lines[start + 1..<end]), range: start + 1..<end)))
            start = end
        }
    }

    /// Whether lines are those of the page, where `…` alone on a line stands for any lines, and within one for any characters.
    static func matches(_ expected: ArraySlice<String>, _ found: ArraySlice<String>) -> Bool {
        guard let first = expected.first else { return found.isEmpty }
        if first == "…" {
            return (found.startIndex...found.endIndex).contains { matches(expected.dropFirst(), found[$0...]) }
        }
        guard let line = found.first, matches(line: first, line) else { return false }
        return matches(expected.dropFirst(), found.dropFirst())
    }

    private static func matches(line expected: String, _ found: String) -> Bool {
        let parts = expected.components(separatedBy: "…")
        guard found.hasPrefix(parts[0]) else { return false }
        var rest = found.dropFirst(parts[0].count)
        for (position, part) in parts.enumerated().dropFirst() {
            if position == parts.count - 1 { return rest.hasSuffix(part) }
            guard let place = part.isEmpty ? rest.startIndex..<rest.startIndex : rest.range(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return rest.isEmpty
    }
}

extension DocumentedSession {
    /// Does what the section says in a folder; returns what each command printed.
    func run(in folder: TemporaryFolder) throws -> [[String]] {
        var outputs: [[String]] = []
        for event in events {
            switch event {
            case .file(let name, let text): _ = try folder.write(text, as: name)
            case .planted(let file, let original, let old, let new): try plant(file, original, old, new, in: folder)
            case .command(let command): outputs.append(try run(command, in: folder))
            }
        }
        return outputs
    }

    private func plant(_ file: String, _ original: String, _ old: String, _ new: String, in folder: TemporaryFolder) throws {
        let text = try String(contentsOfFile: folder.path(original), encoding: .utf8)
        guard let place = text.range(of: old) else { throw Misfit(description: "\(original) has no \(old)") }
        _ = try folder.write(text.replacingCharacters(in: place, with: new), as: file)
    }

    struct Misfit: Error, CustomStringConvertible {
        var description: String
    }

    private func run(_ command: Command, in folder: TemporaryFolder) throws -> [String] {
        var words = command.line.split(separator: " ").map(String.init)
        var target: String?
        if let arrow = words.firstIndex(of: ">"), arrow + 1 < words.count {
            target = words[arrow + 1]
            words.removeSubrange(arrow...)
        }
        guard let tool = words.first.flatMap(Tool.init(rawValue:)) else {
            throw Misfit(description: "\(command.line) is no command of dg")
        }
        let outcome = try CommandTests.run(tool, Array(words.dropFirst()), in: folder.root)
        var text = outcome.output
        if let target {
            _ = try folder.write(text, as: target)
            text = ""
        }
        var lines = (text + outcome.errors).components(separatedBy: "\n")
        if lines.last == "" { lines.removeLast() }
        if outcome.isSignal { lines.append("[signal \(outcome.status)]") }
        if outcome.status != 0 && !outcome.isSignal { lines.append("[exit code \(outcome.status)]") }
        return lines
    }
}
