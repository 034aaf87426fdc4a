import Graph

/// Prints a scalar expression as C statements, each at the outermost loop level where its operands are known.
struct ScalarPrinter {
    private let expression: ScalarExpression
    private let buffers: BufferMap
    /// The loop variables that are known at each level, from outside to inside.
    private let variables: [Set<Int>]
    private(set) var lines: [[String]]
    private var names: [ScalarExpression.ID: String] = [:]
    private let usedVariables: [Set<Int>]
    private let useCounts: [Int]
    private let rows: RandomRow?
    private let roots: [ScalarExpression.ID]

    /// - Parameters:
    ///   - roots: values that are stored and may be used inside the expression as well.
    ///   - rows: the innermost loop, where random numbers can be drawn for all its iterations at once.
    init(
        _ expression: ScalarExpression, _ buffers: BufferMap, levels: [Set<Int>], roots: [ScalarExpression.ID] = [],
        rows: RandomRow? = nil
    ) {
        self.rows = rows
        self.roots = roots
        self.expression = expression
        self.buffers = buffers
        variables = levels
        lines = levels.map { _ in [] }
        usedVariables = Self.variables(of: expression)
        var useCounts = [Int](repeating: 0, count: expression.entries.count)
        for entry in expression.entries {
            for operand in Self.operands(entry.node) { useCounts[operand] += 1 }
        }
        for root in roots { useCounts[root] += 1 }
        self.useCounts = useCounts
    }

    private static func variables(of expression: ScalarExpression) -> [Set<Int>] {
        var result: [Set<Int>] = []
        for entry in expression.entries {
            func used(_ affine: Affine) -> Set<Int> { Set(affine.terms.map(\.variable)) }
            let own: Set<Int> =
                switch entry.node {
                case .load(_, let offset): used(offset)
                case .loadRow(_, let row, _, _, let offset): used(offset).union(result[row])
                case .literal: []
                case .index(let position), .random(_, _, let position): used(position)
                case .unary(_, let a), .convert(let a): result[a]
                case .binary(_, let a, let b), .compare(_, let a, let b): result[a].union(result[b])
                case .select(let p, let a, let b): result[p].union(result[a]).union(result[b])
                case .firstOf(let alternatives):
                    alternatives.reduce(into: Set<Int>()) { set, alternative in
                        set.formUnion(result[alternative.value])
                        for condition in alternative.conditions { set.formUnion(used(condition.position)) }
                    }
                }
            result.append(own)
        }
        return result
    }

    /// Appends what is missing and returns the name of the variable that holds the value.
    mutating func emit(_ id: ScalarExpression.ID) -> String {
        if let name = names[id] { return name }
        let entry = expression.entries[id]
        if case .literal(let bits) = entry.node { return CSource.literal(Double(bitPattern: bits), entry.type) }
        let level = variables.firstIndex { usedVariables[id].isSubset(of: $0) } ?? variables.count - 1
        let text: [String]
        if case .firstOf(let alternatives) = entry.node {
            text = choose(alternatives, id)
        } else if case .random(let key, let stream, let position) = entry.node, let rows,
            position.coefficient(of: rows.variable) == 1, entry.type == .f32
        {
            lines[0] += rows.draw(id, key: buffers.buffers[key].name, stream: buffers.source(ofStream: stream), position: position)
            text = ["float t\(id) = draws\(id)[i\(rows.variable) - \(rows.first)];"]
        } else {
            var operands: [String] = []
            for operand in Self.operands(entry.node) { operands.append(fusedProduct(operand, in: entry) ?? emit(operand)) }
            text = ["\(CSource.type(entry.type)) t\(id) = \(source(entry, operands));"]
        }
        lines[level] += text
        names[id] = "t\(id)"
        return "t\(id)"
    }

    /// A term of a sum outside the expression: a product that nothing else uses is left for the sum to contract.
    mutating func emitTerm(_ id: ScalarExpression.ID) -> String {
        let entry = expression.entries[id]
        guard useCounts[id] == 0, entry.type.isFloating, case .binary(.multiply, let a, let b) = entry.node else { return emit(id) }
        return CSource.binary(.multiply, emit(a), emit(b), entry.type)
    }

    /// A product that only one sum uses is written inside the sum's expression: the compiler contracts multiplications and
    /// additions of one expression, and only those, so that every copy of a loop that it makes rounds in the same way.
    private mutating func fusedProduct(_ id: ScalarExpression.ID, in sum: ScalarExpression.Entry) -> String? {
        guard case .binary(let op, _, _) = sum.node, op == .add || op == .subtract, useCounts[id] == 1, names[id] == nil,
            case .binary(.multiply, let a, let b) = expression.entries[id].node, sum.type.isFloating
        else { return nil }
        return CSource.binary(.multiply, emit(a), emit(b), sum.type)
    }

    /// Code for alternatives: each is computed only in its own block, since its loads are valid only there.
    private func choose(_ alternatives: [ScalarExpression.Alternative], _ id: ScalarExpression.ID) -> [String] {
        let type = expression.type(of: id)
        var text = ["\(CSource.type(type)) t\(id) = \(CSource.literal(0, type));"]
        for (position, alternative) in alternatives.enumerated() {
            var inner = ScalarPrinter(expression, buffers, levels: [Set(variables.flatMap { $0 })], roots: roots)
            inner.names = names
            let value = inner.emit(alternative.value)
            let conditions = alternative.conditions.flatMap { condition in
                ["\(condition.lower) <= \(condition.position.source)", "\(condition.position.source) < \(condition.upper)"]
            }
            let test = conditions.isEmpty ? "1" : conditions.joined(separator: " && ")
            text.append("\(position == 0 ? "" : "else ")if (\(test)) {")
            text += (inner.lines[0] + ["t\(id) = \(value);"]).map { "    " + $0 }
            text.append("}")
        }
        return text
    }

    private static func operands(_ node: ScalarExpression.Node) -> [ScalarExpression.ID] {
        switch node {
        case .load, .literal, .index, .random, .firstOf: []
        case .loadRow(_, let row, _, _, _): [row]
        case .unary(_, let a), .convert(let a): [a]
        case .binary(_, let a, let b), .compare(_, let a, let b): [a, b]
        case .select(let predicate, let a, let b): [predicate, a, b]
        }
    }

    private func source(_ entry: ScalarExpression.Entry, _ operands: [String]) -> String {
        switch entry.node {
        case .load(let buffer, let offset): return "\(buffers.buffers[buffer].name)[\(offset.source)]"
        case .loadRow(let buffer, _, let rows, let rowStride, let offset):
            let row = "dg_clamp(\(operands[0]), \(rows))"
            return "\(buffers.buffers[buffer].name)[\(rowStride)*\(row) + \(offset.source)]"
        case .literal(let bits): return CSource.literal(Double(bitPattern: bits), entry.type)
        case .index(let position): return "(\(CSource.type(entry.type)))(\(position.source))"
        case .random(let key, let stream, let position):
            let name = buffers.buffers[key].name
            return "dg_uniform(\(name)[0], \(name)[1], \(buffers.source(ofStream: stream)), \(position.source))"
        case .unary(let op, _): return CSource.unary(op, operands[0], entry.type)
        case .binary(let op, _, _): return CSource.binary(op, operands[0], operands[1], entry.type)
        case .compare(let comparison, _, _): return "(\(operands[0]) \(comparison.cOperator) \(operands[1]))"
        case .select: return "(\(operands[0]) ? \(operands[1]) : \(operands[2]))"
        case .convert(let a): return CSource.convert(operands[0], from: expression.type(of: a), to: entry.type)
        case .firstOf: return ""
        }
    }
}

/// An innermost loop whose random numbers are drawn before it: neighbours share the work of the generator.
struct RandomRow {
    let variable: Int
    /// C expressions for the loop's bounds.
    let first: String
    let limit: String
    let capacity: Int

    func draw(_ id: Int, key: String, stream: String, position: Affine) -> [String] {
        let start = position.removing(variable).source
        return [
            "float draws\(id)[\(capacity)] __attribute__((aligned(64)));",
            "dg_uniform_row(draws\(id), \(limit) - \(first), \(key)[0], \(key)[1], \(stream), \(first) + \(start));",
        ]
    }
}
