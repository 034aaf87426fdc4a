import Foundation
import Graph
import Testing

/// Texts that must be refused, with the id of the message and a caret below its place.
@Suite struct TextErrorTests {
    struct Sample: CustomTestStringConvertible {
        var file: String
        var line: Int
        var id: String
        var text: String
        var testDescription: String { "\(file):\(line) \(id)" }

        /// Line and column of the caret in a comment, which points into the line above.
        var place: (line: Int, column: Int)? {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where line.hasPrefix("//") && line.hasSuffix("^") {
                return (index, line.count)
            }
            return nil
        }
    }

    static func samples() throws -> [Sample] {
        try TestFiles.names(in: "Tests/Golden/errors", suffix: ".dg").flatMap { file in
            var line = 1
            let sections = try TestFiles.read("Tests/Golden/errors/\(file)").components(separatedBy: "// ----\n")
            return sections.map { text in
                defer { line += text.count { $0 == "\n" } + 1 }
                let first = text.prefix { $0 != "\n" }
                let id = first.hasPrefix("// error: ") ? String(first.dropFirst("// error: ".count)) : "?"
                return Sample(file: file, line: line, id: id, text: text)
            }
        }
    }

    private static func diagnostic(_ text: String) -> Diagnostic? {
        do throws(Diagnostic) {
            _ = try GraphParser.parse(text, file: "sample.dg")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: try samples())
    func refusedWithIdAndPlace(_ sample: Sample) throws {
        let error = try #require(Self.diagnostic(sample.text))
        #expect(error.id == sample.id, "\(error)")
        let location = try #require(error.location)
        if let place = sample.place {
            #expect(location.line == place.line && location.column == place.column, "\(error)")
        }
        #expect(error.exitCode == 2)
    }

    @Test func everyRuleIsProvoked() throws {
        let provoked = Set(try Self.samples().map(\.id))
        for definition in OpDefinition.all where definition.kind != .unary && definition.kind != .binary {
            for rule in definition.rules { #expect(provoked.contains(rule), "no text provokes \(rule)") }
        }
    }

    @Test func everyTextIdIsProvoked() throws {
        let provoked = Set(try Self.samples().map(\.id))
        var ids: Set<String> = []
        for file in try TestFiles.names(in: "Sources/Graph/Text", suffix: ".swift") {
            let source = try TestFiles.read("Sources/Graph/Text/\(file)")
            ids.formUnion(source.matches(of: #/"(text\.[a-z-]+)"/#).map { String($0.output.1) })
        }
        #expect(ids.count > 20)
        // Too long for a file; a test of its own.
        ids.remove("text.nesting")
        #expect(ids.subtracting(provoked).sorted() == [])
    }

    @Test(arguments: UnaryOp.allCases)
    func unaryRules(_ op: UnaryOp) throws {
        let sample = try #require(OpDefinition.named(op.rawValue)).sample
        let wrong = op == .logicalNot ? "f32" : "bool"
        let right = op == .logicalNot ? "bool" : "f32"
        #expect(Self.diagnostic(sample.replacing(right, with: wrong))?.id == "\(op.rawValue).element-type")
        let twoOperands = sample.replacing("\(op.rawValue) %a", with: "\(op.rawValue) %a, %a")
        #expect(Self.diagnostic(twoOperands)?.id == "\(op.rawValue).operand-count")
    }

    @Test(arguments: BinaryOp.allCases)
    func binaryRules(_ op: BinaryOp) throws {
        let sample = try #require(OpDefinition.named(op.rawValue)).sample
        let isLogical = op == .logicalAnd || op == .logicalOr
        let (right, wrong) = isLogical ? ("bool", "f32") : ("f32", "bool")
        #expect(Self.diagnostic(sample.replacing(right, with: wrong))?.id == "\(op.rawValue).element-type")
        #expect(Self.diagnostic(sample.replacing(" %a, %b", with: " %a"))?.id == "\(op.rawValue).operand-count")
        let unequal = sample.replacing("input %b : \(right)[2,3]", with: "input %b : \(right)[3,2]")
        #expect(Self.diagnostic(unequal)?.id == "\(op.rawValue).same-type")
    }

    @Test func nestingIsLimited() throws {
        func nested(_ depth: Int) -> String {
            let first = "%y = scan %a {count=1, carried=1, scanned=0, reverse=false} : f32[] {\ninput %a : f32[]\n"
            let last = "output a = %y\n}\n"
            return "dg 1 graph\ngraph @deep {\ninput %a : f32[]\n" + String(repeating: first, count: depth)
                + "%y = exp %a : f32[]\noutput a = %y\n}\n" + String(repeating: last, count: depth)
        }
        let graph = try GraphParser.parse(nested(16), file: "deep")
        try GraphVerifier.verify(graph)
        #expect(Self.diagnostic(nested(17))?.id == "text.nesting")
        #expect(Self.diagnostic(nested(100_000))?.id == "text.nesting")
        let brackets = "dg 1 graph\ngraph @g {\n%y = iota {axis=" + String(repeating: "[", count: 100_000)
        #expect(Self.diagnostic(brackets)?.id == "text.expected")
    }

    @Test func messageShowsTheLine() {
        let text = """
            dg 1 graph
            graph @g {
              input %"größe" : f32[2,3]
            \t%y = dot %"größe", %"größe" {batch=[[0],[0]], contract=[[1],[1]]} : f32[3]
            }
            """
        let message = """
            sample.dg:4:70: error[text.result-type]: dot: type of the result; expected f32[2]; found f32[3]
               %y = dot %"größe", %"größe" {batch=[[0],[0]], contract=[[1],[1]]} : f32[3]
                                                                                   ^
            """
        #expect(Self.diagnostic(text)?.description == message)
    }

    @Test func messageOfALongLineIsShort() throws {
        let text = "dg 1 graph\ngraph @g {\n  %y = concatenate " + String(repeating: "%a, ", count: 10_000)
        let error = try #require(Self.diagnostic(text))
        #expect(error.id == "text.undefined-value")
        #expect(error.description.count < 500)
    }
}
