import Graph

/// Rewrites a whole body so that the first axis of all results, the batch, is cut into equal parts.
///
/// A part then is a tile: products of a few rows each become one product of all the part's rows.
struct BodyCut {
    private let source: Graph
    private let rules: CutRules
    private var builder = GraphBuilder(name: "body")
    private var replacements: [Form: ValueID] = [:]

    /// A value as it is, or with its first axis cut.
    private struct Form: Hashable {
        var value: ValueID
        var isCut: Bool
    }

    /// An input of the rewritten body: which input of the source it is, and whether its first axis is cut.
    struct Input: Hashable {
        var position: Int
        var isCut: Bool
    }

    private(set) var inputs: [Input] = []
    private(set) var body: Graph

    /// Nil where some operation has no cut form.
    init?(_ source: Graph, parts: Int) throws(Diagnostic) {
        self.source = source
        rules = CutRules(body: source, parts: parts)
        body = source
        var needed: Set<Form> = []
        for output in source.outputs {
            guard demand(Form(value: output.value, isCut: true), &needed) else { return nil }
        }
        for (position, input) in source.inputs.enumerated() {
            for isCut in [true, false] where needed.contains(Form(value: input.value, isCut: isCut)) {
                let type = source.type(of: input.value)
                let name = source.name(of: input.value) + (isCut ? ".parts" : "")
                replacements[Form(value: input.value, isCut: isCut)] = builder.input(
                    name, isCut ? type.with(shape: rules.shape(type.shape)) : type)
                inputs.append(Input(position: position, isCut: isCut))
            }
        }
        for node in source.nodes {
            for isCut in [true, false] where node.results.contains(where: { needed.contains(Form(value: $0, isCut: isCut)) }) {
                try append(node, isCut)
            }
        }
        for output in source.outputs {
            builder.output(output.name, try replacement(Form(value: output.value, isCut: true)))
        }
        body = builder.graph
    }

    /// Collects the forms that values are needed in.
    private func demand(_ form: Form, _ needed: inout Set<Form>) -> Bool {
        guard needed.insert(form).inserted else { return true }
        guard let node = source.definingNode(of: form.value) else {
            return !form.isCut || source.type(of: form.value).shape.rank >= 1
        }
        guard form.isCut else { return node.operands.allSatisfy { demand(Form(value: $0, isCut: false), &needed) } }
        guard node.results.count == 1, let operands = rules.operandsAreCut(node) else { return false }
        return zip(node.operands, operands).allSatisfy { demand(Form(value: $0, isCut: $1), &needed) }
    }

    private func replacement(_ form: Form) throws(Diagnostic) -> ValueID {
        guard let value = replacements[form] else {
            throw Diagnostic("cut.order", source.name(of: form.value), "value is used before it is rewritten", kind: .compilerBug)
        }
        return value
    }

    private mutating func append(_ node: Graph.Node, _ isCut: Bool) throws(Diagnostic) {
        let forms = isCut ? rules.operandsAreCut(node) ?? [] : node.operands.map { _ in false }
        var operands: [ValueID] = []
        for (operand, isCut) in zip(node.operands, forms) { operands.append(try replacement(Form(value: operand, isCut: isCut))) }
        let results = try builder.append(
            isCut ? rules.cut(node) : node.op, operands, names: node.results.map { source.name(of: $0) })
        for (old, new) in zip(node.results, results) { replacements[Form(value: old, isCut: isCut)] = new }
    }
}
