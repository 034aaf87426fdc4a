import Graph

/// Rewrites a body that adds over the first axis into one that adds within equal parts of it.
///
/// Values [B, …] become [tasks, B / tasks, …]; the sum keeps the first of the two axes.
struct AxisCut {
    private let source: Graph
    private let tasks: Int
    private var rewriter: GraphRewriter
    /// For each value of the source its cut form.
    private var cut: [ValueID: ValueID] = [:]

    /// - Parameters:
    ///   - inputs: what stands for the body's inputs in the builder.
    ///   - aligned: for each input whether its first axis is the one that is cut.
    init(_ body: Graph, into builder: GraphBuilder, inputs: [ValueID], aligned: [Bool], tasks: Int) throws(Diagnostic) {
        source = body
        self.tasks = tasks
        rewriter = GraphRewriter(body, into: builder, inputs: inputs)
        for (position, input) in body.inputs.enumerated() where aligned[position] {
            let shape = cutShape(body.type(of: input.value).shape)
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
                .overlapAdd, .gather, .scatterAdd, .scan:
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
            .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .scan:
            throw Diagnostic("cut.root", name, "\(root.op.spelling) is not a sum", kind: .compilerBug)
        }
        let result = try rewriter.builder.append(op, operands, names: [name])[0]
        return (rewriter.builder, result)
    }

    private func cutShape(_ shape: Shape) -> Shape {
        Shape([tasks, shape[0] / tasks] + shape.dimensions.dropFirst())
    }

    private mutating func parts(_ value: ValueID) throws(Diagnostic) -> ValueID {
        if let known = cut[value] { return known }
        guard let node = source.definingNode(of: value) else {
            throw Diagnostic("cut.input", source.name(of: value), "input has no axis to cut", kind: .compilerBug)
        }
        let shape = cutShape(source.type(of: value).shape)
        var operands: [ValueID] = []
        let op: Op
        switch node.op {
        case .unary, .binary, .compare, .select, .convert:
            for operand in node.operands { operands.append(try parts(operand)) }
            op = node.op
        case .constant(let type, .splat(let number)): op = .constant(type.with(shape: shape), .splat(number))
        case .randomUniform(let type, let stream):
            operands = [try whole(node.operands[0])]
            op = .randomUniform(type.with(shape: shape), stream: stream)
        case .broadcast(_, let axes):
            let isCut = axes.contains(0)
            operands = [isCut ? try parts(node.operands[0]) : try whole(node.operands[0])]
            op = .broadcast(shape, axes: (isCut ? [0] : []) + axes.map { $0 + 1 })
        case .constant(_, .dense), .iota, .stopGradient, .reduce, .dot, .transpose, .reshape, .slice, .pad, .concatenate, .window,
            .overlapAdd, .gather, .scatterAdd, .scan:
            throw Diagnostic("cut.operation", source.name(of: value), "\(node.op.spelling) has no cut form", kind: .compilerBug)
        }
        let result = try rewriter.builder.append(op, operands, names: ["\(source.name(of: value)).parts"])[0]
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
