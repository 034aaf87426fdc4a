import Foundation
import Graph
import Testing

/// Damaged texts: the parser may refuse them or read them, but must come back, and what it reads is a
/// sound graph. Every refusal has a place.
@Suite struct MutationTests {
    private static let texts =
        OpDefinition.all.filter { $0.kind != .unary && $0.kind != .binary }.map(\.sample)
        + [OpDefinition.named("add")!.sample, withBlob]

    private static let withBlob = """
        dg 1 graph

        graph @"two words" {
          input %w : f32[1,17] parameter
          %table = constant {value=@blob0} : f32[1,17]
          %"next w" = add %w, %table : f32[1,17]
          output "new w" = %"next w" updates %w
        }

        blob @blob0 = "\(String(repeating: "AAAAAAAAAAAAAAAAAADQPwAAAAAAAOA/", count: 5))AAAAAAAAAAAAAAAAAADQPw=="

        """

    private func survive(_ text: String) {
        do throws(Diagnostic) {
            let graph = try GraphParser.parse(text, file: "damaged")
            #expect(throws: Never.self, "\(text)") { try GraphVerifier.verify(graph) }
            #expect((try? GraphParser.parse(graph.text, file: "printed")) == graph, "\(text)")
        } catch {
            #expect(error.location != nil, "\(error)")
        }
    }

    @Test(arguments: texts)
    func undamagedTextIsRead(_ text: String) throws {
        #expect(try GraphParser.parse(text, file: "sample").text == text)
    }

    @Test(arguments: texts)
    func truncated(_ text: String) {
        let bytes = Array(text.utf8)
        for count in bytes.indices { survive(String(decoding: bytes[..<count], as: UTF8.self)) }
    }

    @Test(arguments: texts)
    func lines(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for index in lines.indices {
            for changed in variants(lines, at: index, others: ["}", "{", "blob @blob0 = \"\""]) {
                survive(changed.joined(separator: "\n"))
            }
        }
    }

    @Test(arguments: texts)
    func tokens(_ text: String) {
        let tokens = Self.tokens(text)
        let others = [
            "9223372036854775807", "-9223372036854775808", "0", "-1", "1e999", "nan", "[", "]", "{", "}", ",", ":", "=",
            "%a", "%y", "@blob0", "\"", "//", "f32", "bool", "[[0],[0]]", "[]", "true", "input", "output", "scan",
            "f32[0]", "f32[1099511627776]",
        ]
        for index in tokens.indices where tokens[index] != " " {
            for changed in variants(tokens, at: index, others: others) { survive(changed.joined()) }
        }
    }

    /// The parts without one, with one twice, with two exchanged, and with one replaced.
    private func variants(_ parts: [String], at index: Int, others: [String]) -> [[String]] {
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

    /// Runs of letters and digits, and every other character by itself.
    private static func tokens(_ text: String) -> [String] {
        text.matches(of: #/[A-Za-z0-9_.+\-]+|[\s\S]/#).map { String($0.output) }
    }
}
