import Graph
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: OpDefinition.all.map(\.spelling))
    func samplesComeBackToTheByte(_ spelling: String) throws {
        let sample = try #require(OpDefinition.named(spelling)).sample
        let graph = try GraphParser.parse(sample, file: spelling)
        try GraphVerifier.verify(graph)
        #expect(graph.text == sample)
        #expect(try GraphParser.parse(graph.text, file: spelling) == graph)
    }

    private func expectRoundTrip(_ graph: Graph) throws {
        try GraphVerifier.verify(graph)
        let parsed = try GraphParser.parse(graph.text, file: "printed")
        #expect(parsed == graph)
        #expect(parsed.text == graph.text)
    }

    @Test func builtGraphComesBack() throws {
        var builder = GraphBuilder(name: "sinkhorn")
        let cost = builder.input("text.encoder/cost", TensorType(.f32, [3, 4]))
        let weight = builder.input("w", TensorType(.f32, [3]), role: .parameter)
        let ones = try builder.constant(0.1, TensorType(.f32, [4]))
        let results = try builder.scan(
            "sinkhorn", count: 5, carried: [("v", ones)], invariants: [("cost", cost)]
        ) { inner, carried, invariants, _ throws(Diagnostic) in
            let spread = try inner.broadcast(carried[0], to: [3, 4], axes: [1])
            let next = try inner.sum(inner.multiply(spread, invariants[0]), axes: [0])
            return (next: [next], stacked: [(name: "trace", value: next)])
        }
        let updated = try builder.multiply(weight, 0.9)
        builder.output("v", results[0])
        builder.output("trace", results[1])
        builder.output("w", updated, updates: 1)
        try expectRoundTrip(builder.graph)
        #expect(builder.graph.text.contains("%c0.1 = constant {value=0.1} : f32[4]"))
        #expect(builder.graph.text.contains("output w = %multiply updates %w"))
    }

    @Test func unusualNamesAreQuoted() throws {
        let names = ["a b", "größe", "\"", "\\", "\n\t\r\u{1}\u{7f}", "%a", "//", ":", "=", "日本", "a//b", "+1.5'-"]
        var builder = GraphBuilder(name: "two words")
        for name in names {
            let value = builder.input(name, TensorType(.f32, []))
            builder.output(name, value)
        }
        try expectRoundTrip(builder.graph)
        #expect(builder.graph.text.contains("input %\"a b\" : f32[]"))
        #expect(builder.graph.text.contains("input %// : f32[]\n"))
        #expect(builder.graph.text.contains("output \"//\" = %//\n"))
        #expect(builder.graph.text.contains(#"input %"\n\t\r\u{1}\u{7f}" : f32[]"#))
    }

    @Test(arguments: ElementType.allCases)
    func numbersComeBackExactly(_ type: ElementType) throws {
        let special: [Double] = [0, -0.0, .infinity, -.infinity, .nan]
        let numbers: [Double] =
            switch type {
            case .f32:
                special + [0.1, 3e-42, 16_777_216, 3.4028235e38].map { Double(Float($0)) }
            case .f64: special + [0.1, .leastNonzeroMagnitude, 1e22, .greatestFiniteMagnitude]
            case .i32: [0, -0.0, -2_147_483_648, 2_147_483_647]
            case .bool: [0, -0.0, 1]
            }
        var builder = GraphBuilder(name: "numbers")
        for number in numbers {
            let value = try builder.add(.constant(TensorType(type, [2]), .splat(number)), [])
            builder.output(builder.graph.name(of: value), value)
        }
        let dense = try builder.add(.constant(TensorType(type, [numbers.count]), .dense(numbers)), [])
        builder.output("dense", dense)
        #expect(builder.graph.nodes.count == numbers.count + 1)
        try expectRoundTrip(builder.graph)
    }

    @Test func bigConstantsAreSharedByReference() throws {
        let numbers = (0..<17).map { Double($0) * 0.25 }
        let others = numbers.map { -$0 }
        var builder = GraphBuilder(name: "blobs")
        let start = try builder.add(.constant(TensorType(.f64, [17]), .dense(others)), [], "start")
        let results = try builder.scan(
            "loop", count: 2, carried: [("x", start)]
        ) { inner, carried, _, _ throws(Diagnostic) in
            let table = try inner.add(.constant(TensorType(.f64, [17]), .dense(numbers)), [], "table")
            return (next: [try inner.add(carried[0], table)], stacked: [])
        }
        builder.output("last", results[0])
        builder.output("f32", try builder.add(.constant(TensorType(.f32, [17]), .dense(numbers)), []))
        builder.output("none", try builder.add(.constant(TensorType(.f32, [0, 20]), .dense([])), []))
        try expectRoundTrip(builder.graph)
        let lines = builder.graph.text.split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("blob ") }.count == 2)
        #expect(lines.filter { $0.contains("{value=@blob1}") }.count == 2)
        #expect(lines.last?.hasPrefix(#"blob @blob1 = "AAAAAAAAAAAAAAAAAADQPwAAAAAAAOA/"#) == true)
    }

    @Test func equalNodesStayApart() throws {
        let text = """
            dg 1 graph

            graph @twice {
              input %a : f32[2]
              %b = exp %a : f32[2]
              %c = exp %a : f32[2]
              output b = %b
              output c = %c
            }

            """
        let graph = try GraphParser.parse(text, file: "twice")
        #expect(graph.nodes.count == 2)
        #expect(graph.text == text)
    }

    @Test func layoutIsFree() throws {
        let text = """
            // before
            dg   1 graph // after
              graph @g{
            \tinput %a:b : f32[ 2 , 3 ] // comment

                // own line
            %y=reduce   %a:b { axes = [ 0,1 ], kind=sum }:f32[]\r
            output \"y\"=%y
            }
            """
        let canonical = """
            dg 1 graph

            graph @g {
              input %a:b : f32[2,3]
              %y = reduce %a:b {kind=sum, axes=[0,1]} : f32[]
              output y = %y
            }

            """
        #expect(try GraphParser.parse(text, file: "free").text == canonical)
    }

    @Test func hugeConstantIsNotMadeReal() throws {
        let text = """
            dg 1 graph
            graph @g {
              %zero = constant {value=0.0} : f64[1048576,1048576]
            }
            """
        #expect(try GraphParser.parse(text, file: "huge").nodes.count == 1)
    }
}
