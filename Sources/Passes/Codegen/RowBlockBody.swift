import Graph

/// The nodes of one block of rows as a body of their own: values have the block's rows where the whole has all of them.
///
/// Its inputs are what the block reads from outside, each either its rows of that or all of it; its outputs are what is read
/// outside, and sums over the rows, to which every block adds.
struct RowBlockBody {
    /// A value of the whole body: the part of it that the block's rows are, or all of it.
    struct Form: Hashable {
        var value: ValueID
        /// The axis that numbers the rows.
        var rowAxis: Int?
    }

    private(set) var graph = Graph(name: "block")
    /// What each input and each output stands for, in order.
    private(set) var inputs: [Form] = []
    private(set) var outputs: [Form] = []
    /// The operations whose result every block adds to.
    private(set) var sums: Set<ValueID> = []
    /// For values of random numbers how many numbers a row takes, and the shape of the whole value.
    private(set) var drawn: [ValueID: Shape] = [:]

    private let body: Graph
    private let axes: RowAxes
    private let rows: Int
    private let isInMemory: (ValueID) -> Bool
    private var builder = GraphBuilder(name: "block")
    private var values: [Form: ValueID] = [:]

    /// - Parameters:
    ///   - rows: how many rows the block has.
    ///   - exports: the values of the block that are read outside, or that the body returns.
    ///   - isInMemory: whether a value from outside can be read from memory; others are computed again.
    init(
        _ body: Graph, _ axes: RowAxes, rows: Int, exports: [ValueID], isInMemory: @escaping (ValueID) -> Bool
    ) throws(Diagnostic) {
        self.body = body
        self.axes = axes
        self.rows = rows
        self.isInMemory = isInMemory
        var needed: [Form] = []
        var seen: Set<Form> = []
        for value in exports { try demand(Form(value: value, rowAxis: axes.axis(of: value)), &needed, &seen) }
        for form in needed where !isComputed(form.value) {
            let type = body.type(of: form.value)
            values[form] = builder.input(body.name(of: form.value), type.with(shape: shape(type.shape, form.rowAxis)))
            inputs.append(form)
        }
        for form in needed where isComputed(form.value) { try append(form) }
        for value in exports {
            let form = Form(value: value, rowAxis: axes.axis(of: value))
            builder.output(body.name(of: value), try replacement(form))
            outputs.append(form)
            if form.rowAxis == nil { sums.insert(try replacement(form)) }
        }
        graph = builder.graph
    }

    /// Whether the block computes a value; what lies outside and in memory it reads.
    private func isComputed(_ value: ValueID) -> Bool {
        guard body.definingNode(of: value) != nil else { return false }
        return axes.isInRange(value) || !isInMemory(value)
    }

    private func shape(_ shape: Shape, _ rowAxis: Int?) -> Shape {
        guard let rowAxis else { return shape }
        var extents = shape.dimensions
        extents[rowAxis] = rows
        return Shape(extents)
    }

    private func operandForms(_ form: Form) throws(Diagnostic) -> [Form] {
        guard let node = body.definingNode(of: form.value) else { return [] }
        if axes.isInRange(form.value), let summed = axes.summedAxes(node) {
            return zip(node.operands, [summed.left, summed.right]).map { Form(value: $0, rowAxis: $1) }
        }
        guard let axis = form.rowAxis else { return node.operands.map { Form(value: $0, rowAxis: nil) } }
        guard let operands = RowAxes.operandAxes(node, axis, body) else {
            throw Diagnostic(
                "codegen.rows", body.name(of: form.value), "\(node.op.spelling) does not run by rows", kind: .compilerBug)
        }
        return zip(node.operands, operands).map { Form(value: $0, rowAxis: $1) }
    }

    /// Collects what is needed, operands first.
    private func demand(_ form: Form, _ needed: inout [Form], _ seen: inout Set<Form>) throws(Diagnostic) {
        guard seen.insert(form).inserted else { return }
        if isComputed(form.value) {
            for operand in try operandForms(form) { try demand(operand, &needed, &seen) }
        }
        needed.append(form)
    }

    private func replacement(_ form: Form) throws(Diagnostic) -> ValueID {
        guard let value = values[form] else {
            throw Diagnostic("codegen.rows", body.name(of: form.value), "value is used before the block has it", kind: .compilerBug)
        }
        return value
    }

    private mutating func append(_ form: Form) throws(Diagnostic) {
        guard let node = body.definingNode(of: form.value), node.results.count == 1 else {
            throw Diagnostic("codegen.rows", body.name(of: form.value), "a block computes single values", kind: .compilerBug)
        }
        var operands: [ValueID] = []
        for operand in try operandForms(form) { operands.append(try replacement(operand)) }
        let value = try builder.append(op(node, form), operands, names: [body.name(of: form.value)])[0]
        values[form] = value
        if case .randomUniform = node.op, form.rowAxis != nil { drawn[value] = body.type(of: form.value).shape }
    }

    /// The operation on the block's rows.
    private func op(_ node: Graph.Node, _ form: Form) -> Op {
        let target = shape(body.type(of: form.value).shape, form.rowAxis)
        switch node.op {
        case .constant(let type, .splat(let number)): return .constant(type.with(shape: target), .splat(number))
        case .randomUniform(let type, let stream): return .randomUniform(type.with(shape: target), stream: stream)
        case .broadcast(_, let axes): return .broadcast(target, axes: axes)
        case .reshape: return .reshape(target)
        case .constant, .iota, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot, .transpose, .slice,
            .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return node.op
        }
    }
}
