import Graph
import Testing

@Suite struct OpDefinitionTests {
    @Test func everyOperationIsDefinedOnce() {
        let spellings = OpDefinition.all.map(\.spelling)
        #expect(Set(spellings).count == spellings.count)
        #expect(Set(OpDefinition.all.map(\.kind)) == Set(OpKind.allCases))
        for op in UnaryOp.allCases { #expect(OpDefinition.named(op.rawValue)?.kind == .unary) }
        for op in BinaryOp.allCases { #expect(OpDefinition.named(op.rawValue)?.kind == .binary) }
        for op in MatrixOp.allCases { #expect(OpDefinition.named(op.rawValue)?.kind == .matrix) }
        let families = UnaryOp.allCases.count + BinaryOp.allCases.count + MatrixOp.allCases.count
        #expect(spellings.count == OpKind.allCases.count - 3 + families)
        #expect(OpDefinition.named("unary") == nil)
    }

    @Test func rowsAreSpelledAsTheirCases() {
        for op in UnaryOp.allCases { #expect(op.row.spelling == op.rawValue) }
        for op in BinaryOp.allCases { #expect(op.row.spelling == op.rawValue) }
    }

    @Test(arguments: OpDefinition.all.map(\.spelling))
    func factsFitTheSample(_ spelling: String) throws {
        let definition = try #require(OpDefinition.named(spelling))
        let graph = try GraphParser.parse(definition.sample, file: spelling)
        let nodes = graph.nodes.filter { $0.op.spelling == spelling }
        let node = try #require(nodes.first)
        #expect(node.op.kind == definition.kind)
        #expect(node.op.aliasClass == definition.aliasClass)
        #expect(!definition.summary.isEmpty && !definition.summary.hasSuffix("."))
        #expect(Set(definition.rules).count == definition.rules.count)
        let isVariadic = definition.operands.contains { $0.hasSuffix("...") }
        #expect(isVariadic || definition.operands.count == node.operands.count)
        // The sample is canonical text, so the printed attributes are the schema.
        let line = definition.sample.split(separator: "\n").first { $0.contains("= \(spelling)") } ?? ""
        let words = line.matches(of: #/(\w+)=/#).map { String($0.output.1) }
        #expect(words == definition.attributes.map(\.name))
        for output in graph.outputs { #expect(graph.definingNode(of: output.value) != nil) }
    }

    @Test func comparisonsAndReductionsHaveWords() throws {
        let compare = try #require(OpDefinition.named("compare")).attributes[0].meaning
        for comparison in Comparison.allCases { #expect(compare.contains("`\(comparison.rawValue)`")) }
        let reduce = try #require(OpDefinition.named("reduce")).attributes[0].meaning
        for reduction in Reduction.allCases { #expect(reduce.contains("`\(reduction.rawValue)`")) }
    }

    @Test func referenceIsCurrent() throws {
        try TestFiles.expect("docs/ops.md", toHold: OpReference.markdown())
    }
}
