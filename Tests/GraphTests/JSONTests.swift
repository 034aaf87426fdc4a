import Foundation
import Graph
import Testing

@Suite struct JSONTests {
    private func parse(_ text: String) throws(Diagnostic) -> JSONValue {
        try JSONDocument(Array(text.utf8), file: "test.json").value
    }

    @Test func valuesKeepTheirKind() throws {
        #expect(
            try parse(#" {"a": 1, "b": 1.5, "c": true, "d": null, "e": "1", "f": [0, -2e3], "g": {"h": 0.0}} "#)
                == .object([
                    "a": .integer(1), "b": .number(1.5), "c": .bool(true), "d": .null, "e": .string("1"),
                    "f": .array([.integer(0), .number(-2000)]), "g": .object(["h": .number(0)]),
                ]))
        #expect(try parse(#""\u00e4\ud83d\ude00\n\/""#) == .string("ä😀\n/"))
        #expect(try parse("[]") == .array([]))
        #expect(try parse("\u{FEFF}{}") == .object([:]))
        #expect(try parse("12345678901234567890") == .number(12_345_678_901_234_567_168))
    }

    @Test(arguments: [
        "", "{", "[1, ]", #"{"a": 1,}"#, #"{"a" 1}"#, "tru", "01", "-01", "1.", ".5", "-", "--1", "1e", "1e+", "1.e3", "0x1", "1_0", "+1",
        "NaN", "1e999", #""\x""#,
        #""\ud800""#,
        #""\u12g4""#, "\"a\nb\"", "\"", "1 2", #"{"a": 1, "a": 2}"#, "{a: 1}", "'a'", "[1 2]", #""\"#, "\"\\u1",
        String(repeating: "[", count: 100_000),
    ])
    func brokenTextsAreRefusedWithTheirPlace(_ text: String) throws {
        let error = try #require(throws: Diagnostic.self) { try parse(text) }
        #expect(error.id == "json.syntax")
        #expect(error.location?.file == "test.json")
    }

    @Test(arguments: [("0", 0), ("-0.5", -0.5), ("10e2", 1000), ("1E+2", 100), ("25e-1", 2.5), ("0e5", 0), ("-12", -12)])
    func numbersAreRead(_ text: String, _ number: Double) throws {
        switch try parse(text) {
        case .integer(let value): #expect(Double(value) == number)
        case .number(let value): #expect(value == number)
        case let other: Issue.record("\(other)")
        }
    }

    @Test func invalidBytesAreRefused() {
        for bytes: [UInt8] in [[0xff], [0x22, 0xff, 0x22], [0x22, 0x00, 0x22], [0xef, 0xbb, 0xbf]] {
            #expect(throws: Diagnostic.self) { try JSONDocument(bytes, file: "test.json") }
        }
    }

    @Test func placesCountFromOne() throws {
        let error = try #require(throws: Diagnostic.self) { try parse("{\n  \"a\": tru\n}") }
        #expect(error.location == SourceLocation(file: "test.json", line: 2, column: 8, lineText: "  \"a\": tru"))
    }

    @Test func writingAndReadingAgree() throws {
        let value = try parse(#"{"b": [1, [2.5, "x\"\\\n\u0001"]], "a": {"c": 5e-05}, "d": [], "e": {}}"#)
        #expect(try parse(value.description) == value)
        #expect(try parse(value.prettyPrinted) == value)
        #expect(value.description.hasPrefix(#"{"a": {"c": 5e-05}, "b": [1, [2.5, "#))
    }

    @Test func codableAgrees() throws {
        let value = try parse(#"{"a": [1, 2.5, true, false, null, "x"], "b": {"c": 0}}"#)
        #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
    }
}
