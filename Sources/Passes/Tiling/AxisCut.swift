import Graph

/// Rewrites a body that adds over the first axis into one that adds within equal parts of it.
///
/// Values [B, …] become [tasks, B / tasks, …]; the sum keeps the first of the two axes.
struct AxisCut {
    private let source: Graph
    private let rules: CutRules
    private var rewriter: GraphRewriter
    /// For each value of the source its cut form.
    private var cut: [ValueID: ValueID] = [:]

    /// - Parameters:
    ///   - inputs: what stands for the body's inputs in the builder.
    ///   - aligned: for each input whether its first axis is the one that is cut.
    init(_ body: Graph, into builder: GraphBuilder, inputs: [ValueID], aligned: [Bool], tasks: Int) throws(Diagnostic) {
        source = body
        rules = CutRules(body: body, parts: tasks)
        rewriter = GraphRewriter(body, into: builder, inputs: inputs)
        for (position, input) in body.inputs.enumerated() where aligned[position] {
            let shape = rules.shape(body.type(of: input.value).shape)
            let name = "\(body.name(of: input.value)).parts"
            cut[input.value] = try rewriter.builder.append(.reshape(shape), [inputs[position]], names: [name])[0]
        }
    }

    /// Whether every operation of a body has a cut form.
    static func supports(_ body: Graph) -> Bool {
        body.nodes.dropLast().allSatisfy { node in
            switch node.op {
            case .unary, .binary, .compare, .select, .convert, .randomUniform, .broadcast, .constant(_, .splat): true
            case .constant(_, .dense), .iota, .stopGradient, .reduce, .dot, .transpose, .reshape, .slice, .pad, .concatenate, .window,
                .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
                false
            }
        }
    }

    /// The builder with the cut body, and the partial sums [tasks, …].
    mutating func run(name: String) throws(Diagnostic) -> (builder: GraphBuilder, result: ValueID) {
        guard let root = source.nodes.last else {
            throw Diagnostic("cut.empty", name, "kernel has no operations", kind: .compilerBug)
        }
        var operands: [ValueID] = []
        for operand in root.operands { operands.append(try parts(operand)) }
        let op: Op
        switch root.op {
        case .dot(var dimensions):
            dimensions.leftBatch = [0]
            dimensions.rightBatch = [0]
            dimensions.leftContracting = dimensions.leftContracting.map { $0 + 1 }
            dimensions.rightContracting = dimensions.rightContracting.map { $0 + 1 }
            op = .dot(dimensions)
        case .reduce(let reduction, let axes): op = .reduce(reduction, axes: axes.map { $0 + 1 })
        case .constant, .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .transpose, .reshape,
            .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            throw Diagnostic("cut.root", name, "\(root.op.spelling) is not a sum", kind: .compilerBug)
        }
        let result = try rewriter.builder.append(op, operands, names: [name])[0]
        return (rewriter.builder, result)
    }

    private mutating func parts(_ value: ValueID) throws(Diagnostic) -> ValueID {
        if let known = cut[value] { return known }
        guard let node = source.definingNode(of: value), let operandsAreCut = rules.operandsAreCut(node) else {
            throw Diagnostic("cut.operation", source.name(of: value), "value has no axis to cut", kind: .compilerBug)
        }
        var operands: [ValueID] = []
        for (operand, isCut) in zip(node.operands, operandsAreCut) {
            operands.append(isCut ? try parts(operand) : try whole(operand))
        }
        let result = try rewriter.builder.append(rules.cut(node), operands, names: ["\(source.name(of: value)).parts"])[0]
        cut[value] = result
        return result
    }

    /// A value that has no axis to cut.
    private mutating func whole(_ value: ValueID) throws(Diagnostic) -> ValueID {
        if let node = source.definingNode(of: value), rewriter.isReplaced(value) == false {
            for operand in node.operands { _ = try whole(operand) }
            try rewriter.copy(node)
        }
        return try rewriter.replacement(value)
    }
}
