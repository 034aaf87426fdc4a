import Data
import Foundation

/// One operator of generated C that is another one.
struct KernelMutant: Hashable, CustomStringConvertible {
    /// Counted from 0.
    let line: Int
    let before: String
    let after: String

    var description: String { "line \(line + 1): \(before.trimmingCharacters(in: .whitespaces))  ->  \(after.trimmingCharacters(in: .whitespaces))" }

    /// What is exchanged for what. Spaces tell operators in expressions from those of types.
    private static let exchanges = [
        (" + ", " - "), (" - ", " + "), (" * ", " + "), (" / ", " * "), (" < ", " <= "), (" <= ", " < "), (" >= ", " > "), (" > ", " >= "),
        (" += ", " -= "), (" ? ", " ? 1 - "), (" & ", " | "), (" ^ ", " | "), (" << ", " >> "), (" >> ", " << "), ("*i", "*1 + i"),
        ("sqrtf(", "fabsf("), ("_max(", "_min("), ("0.0f", "1.0f"), ("1.0f", "2.0f"), (".0f", ".5f"), (" = 0;", " = 1;"),
    ]

    /// All that can be made of a source; statements can also be left out.
    static func all(of source: String) -> [KernelMutant] {
        var mutants: [KernelMutant] = []
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        // Behind the kernels stand the tables of steps and what walks over them.
        let kernels = lines.prefix { !$0.hasPrefix("static const dg_slice") }
        for (number, line) in kernels.enumerated() where isCode(line) {
            let text = String(line)
            for (old, new) in exchanges {
                var start = text.startIndex
                while let found = text.range(of: old, range: start..<text.endIndex) {
                    mutants.append(KernelMutant(line: number, before: text, after: text.replacingCharacters(in: found, with: new)))
                    start = found.upperBound
                }
            }
            if let statement = withoutStatement(text) { mutants.append(KernelMutant(line: number, before: text, after: statement)) }
        }
        return mutants
    }

    /// Lines inside functions; not the tables of steps, nor comments, macros and declarations of functions.
    private static func isCode(_ line: Substring) -> Bool {
        let first = line.drop { $0 == " " }
        return line.first == " " && !["#", "/*", "*", "_Pragma", "extern", "static", "void", "typedef"].contains { first.hasPrefix($0) }
    }

    /// An assignment to memory that is not made.
    private static func withoutStatement(_ line: String) -> String? {
        let text = line.trimmingCharacters(in: .whitespaces)
        guard text.hasSuffix(";"), text.contains("] = "), !text.contains("for (") else { return nil }
        return line.prefix { $0 == " " } + ";"
    }

    /// The same mistake in another source, if it is in a function that stands before all kernels in both.
    func moved(from source: String, to other: String) -> KernelMutant? {
        let lines = Self.prelude(other)
        guard line < Self.prelude(source).count, let place = lines.firstIndex(where: { $0 == before }) else { return nil }
        return KernelMutant(line: place, before: before, after: after)
    }

    private static func prelude(_ source: String) -> ArraySlice<Substring> {
        source.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.hasPrefix("void dg_") }
    }

    /// The source with the mutant in it.
    func applied(to source: String) -> String {
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        lines[line] = Substring(after)
        return lines.joined(separator: "\n")
    }
}
