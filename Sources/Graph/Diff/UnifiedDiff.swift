/// The lines in which two texts differ, in the unified format that other tools read.
public enum UnifiedDiff {
    private static let context = 3

    private enum Line {
        case same(String), removed(String), added(String)
    }

    /// Empty for equal texts.
    ///
    /// - Parameters:
    ///   - nameA: stands in the header for the first text.
    ///   - nameB: stands in the header for the second one.
    public static func text(_ a: String, _ b: String, nameA: String, nameB: String) -> String {
        guard a != b else { return "" }
        let lines = lines(a, b)
        let changes = lines.indices.filter { if case .same = lines[$0] { false } else { true } }
        var hunks: [Range<Int>] = []
        for change in changes {
            let around = max(0, change - context)..<min(lines.count, change + context + 1)
            if let last = hunks.last, last.upperBound >= around.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<around.upperBound
            } else {
                hunks.append(around)
            }
        }
        var text = "--- \(nameA)\n+++ \(nameB)\n"
        var (position, numberA, numberB) = (0, 1, 1)
        for hunk in hunks {
            let skipped = hunk.lowerBound - position
            (numberA, numberB) = (numberA + skipped, numberB + skipped)
            let body = self.text(lines[hunk])
            text += "@@ -\(range(numberA, body.countA)) +\(range(numberB, body.countB)) @@\n" + body.text
            (numberA, numberB, position) = (numberA + body.countA, numberB + body.countB, hunk.upperBound)
        }
        return text
    }

    /// A part without lines is told by the line before it.
    private static func range(_ start: Int, _ count: Int) -> String {
        count == 1 ? "\(start)" : "\(count == 0 ? start - 1 : start),\(count)"
    }

    private static func text(_ lines: ArraySlice<Line>) -> (text: String, countA: Int, countB: Int) {
        var result = (text: "", countA: 0, countB: 0)
        for line in lines {
            switch line {
            case .same(let line):
                result = (result.text + " \(line)\n", result.countA + 1, result.countB + 1)
            case .removed(let line):
                result = (result.text + "-\(line)\n", result.countA + 1, result.countB)
            case .added(let line):
                result = (result.text + "+\(line)\n", result.countA, result.countB + 1)
            }
        }
        return result
    }

    private static func lines(_ a: String, _ b: String) -> [Line] {
        let (linesA, linesB) = (split(a), split(b))
        var numbers: [String: Int] = [:]
        func number(_ line: String) -> Int {
            if let known = numbers[line] { return known }
            numbers[line] = numbers.count
            return numbers.count - 1
        }
        let pairs = CommonLines.find(linesA.map(number), linesB.map(number))
        var lines: [Line] = []
        var (nextA, nextB) = (0, 0)
        for pair in pairs + [(linesA.count, linesB.count)] {
            lines += linesA[nextA..<pair.0].map { .removed($0) } + linesB[nextB..<pair.1].map { .added($0) }
            if pair.0 < linesA.count { lines.append(.same(linesA[pair.0])) }
            (nextA, nextB) = (pair.0 + 1, pair.1 + 1)
        }
        return lines
    }

    /// Every text of this compiler ends with a line feed.
    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
