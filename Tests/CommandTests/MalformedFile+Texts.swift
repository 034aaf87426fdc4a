import Foundation

extension MalformedFile {
    private static func specification(_ name: String, _ text: String, _ id: String, line: Int = 1, column: Int) -> MalformedFile {
        MalformedFile(name, "a.json", Array(text.utf8), id, .text(line: line, column: column))
    }

    /// A specification with one member more, or another one, in its second line.
    private static func sound(_ member: String) -> String {
        let text = (try? String(contentsOfFile: Fixtures.golden("mosi_small.json"), encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").filter { !$0.contains(member.prefix { $0 != ":" } + ":") }
        return (lines.prefix(1) + ["  \(member),"] + lines.dropFirst()).joined(separator: "\n")
    }

    static let specifications: [MalformedFile] = [
        specification("empty", "", "json.syntax", column: 1),
        specification("cut short", "{\"batch_size\": ", "json.syntax", column: 16),
        specification("a comma at the end", "{\"batch_size\": 8,}", "json.syntax", column: 18),
        specification("a key twice", "{\"batch_size\": 8, \"batch_size\": 9}", "json.syntax", column: 19),
        specification("a number that no machine holds", "{\"learning_rate\": 1e999}", "json.syntax", column: 19),
        specification("not a number", "{\"learning_rate\": NaN}", "json.syntax", column: 19),
        specification("a line in a text", "{\"train_mode\": \"a\nb\"}", "json.syntax", column: 16),
        specification("half of a surrogate pair", #"{"train_mode": "\ud800"}"#, "json.syntax", column: 17),
        specification("lists within lists", String(repeating: "[", count: 100), "json.syntax", column: 65),
        specification("two values", "{}\n{}", "json.syntax", line: 2, column: 1),
        specification("a key that nobody knows", sound("\"batch_sizes\": 8"), "spec.unknown-key", line: 2, column: 3),
        specification("a text for a number", sound("\"batch_size\": \"8\""), "spec.type", line: 2, column: 3),
    ]

    private static func graph(_ name: String, _ old: String, _ new: String, _ id: String, _ line: Int, _ column: Int) -> MalformedFile {
        let text = Fixtures.graphText.replacingOccurrences(of: old, with: new)
        return MalformedFile(name, "a.dg", Array(text.utf8), id, .text(line: line, column: column))
    }

    static let graphs: [MalformedFile] = [
        MalformedFile("empty", "a.dg", [], "text.header", .text(line: 1, column: 1)),
        graph("a version to come", "dg 1", "dg 2", "text.version", 1, 4),
        graph("an operation that is none", "multiply", "multiplicate", "text.unknown-op", 8, 8),
        graph("an attribute that is none", "{axes=[1]}", "{axis=[1]}", "text.unknown-attribute", 7, 25),
        graph("a number that no machine holds", "{axes=[1]}", "{axes=[99999999999999999999]}", "text.integer", 7, 31),
        graph("an axis that is none", "{axes=[1]}", "{axes=[2]}", "broadcast.axes", 7, 11),
        graph("a value that is none", "%x, %wide", "%x, %wider", "text.undefined-value", 8, 21),
        graph("an operand too few", "multiply %x, %wide", "multiply %x", "multiply.operand-count", 8, 8),
        graph("a type that is none", "f32[3] parameter", "f16[3] parameter", "text.unknown-type", 5, 14),
        graph("a negative extent", "f32[3] parameter", "f32[-3] parameter", "type.extent", 5, 14),
        graph("more elements than may be", "f32[3] parameter", "f32[99999999,99999999] parameter", "type.size", 5, 14),
        graph("a type that is not the result's", "%chosen : f32[2,3]", "%chosen : f32[2,4]", "text.result-type", 9, 32),
        graph("an output twice", "output rows", "output y", "verify.output-name", 11, 10),
        graph("a value twice", "%rows = gather", "%y = gather", "text.redefined", 9, 3),
    ]
}
