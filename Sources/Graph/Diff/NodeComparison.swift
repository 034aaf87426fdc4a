/// What differs between two nodes that stand for each other.
struct NodeComparison {
    let a: Graph
    let b: Graph
    let matching: NodeMatching

    /// The details of a pair, and how many of its types differ only because those of its operands do.
    func compare(_ nodeA: Graph.Node, _ nodeB: Graph.Node) -> (details: [Difference.Detail], followingTypes: Int) {
        var details: [Difference.Detail] = []
        if nodeA.op.spelling != nodeB.op.spelling {
            details.append(Difference.Detail("operation", nodeA.op.spelling, nodeB.op.spelling))
        }
        details += attributes(nodeA.op, nodeB.op)
        details += operands(nodeA.operands, nodeB.operands)
        var following = 0
        for (resultA, resultB) in zip(nodeA.results, nodeB.results) where a.type(of: resultA) != b.type(of: resultB) {
            if nodeA.op.kind == nodeB.op.kind && follows(nodeA, nodeB, a.type(of: resultA), b.type(of: resultB)) {
                following += 1
            } else {
                let field = nodeA.results.count == 1 ? "type" : "type of \(NameText.value(a.name(of: resultA)))"
                details.append(Difference.Detail(field, "\(a.type(of: resultA))", "\(b.type(of: resultB))"))
            }
        }
        if nodeA.results.count != nodeB.results.count {
            details.append(Difference.Detail("results", "\(nodeA.results.count)", "\(nodeB.results.count)"))
        }
        return (details, following)
    }

    private func attributes(_ a: Op, _ b: Op) -> [Difference.Detail] {
        let attributesB = Dictionary(b.attributes.map { ($0.name, $0.value) }) { first, _ in first }
        var details: [Difference.Detail] = []
        for attribute in a.attributes {
            guard let other = attributesB[attribute.name] else {
                details.append(Difference.Detail(attribute.name, attribute.value.summary, nil))
                continue
            }
            if attribute.value != other { details.append(Self.detail(attribute.name, attribute.value, other)) }
        }
        let names = Set(a.attributes.map(\.name))
        for attribute in b.attributes where !names.contains(attribute.name) {
            details.append(Difference.Detail(attribute.name, nil, attribute.value.summary))
        }
        return details
    }

    /// Long lists of numbers are told by the first place where they differ.
    private static func detail(_ name: String, _ a: OpAttribute.Value, _ b: OpAttribute.Value) -> Difference.Detail {
        guard case .constant(.dense(let numbersA), let type) = a, case .constant(.dense(let numbersB), let typeB) = b,
            numbersA.count == numbersB.count, numbersA.count > GraphPrinter.inlineElements
        else { return Difference.Detail(name, a.summary, b.summary) }
        let places = numbersA.indices.filter { Constant.pattern(numbersA[$0]) != Constant.pattern(numbersB[$0]) }
        guard let first = places.first else { return Difference.Detail(name, a.summary, b.summary) }
        return Difference.Detail(
            places.count == 1 ? "\(name) [\(first)]" : "\(name), \(places.count) of \(numbersA.count) elements, first [\(first)]",
            NumberText.spell(numbersA[first], type), NumberText.spell(numbersB[first], typeB))
    }

    // MARK: Operands

    private func operands(_ operandsA: [ValueID], _ operandsB: [ValueID]) -> [Difference.Detail] {
        guard operandsA.count == operandsB.count else {
            let lost = difference(operandsA, operandsB) { matching.isSame($0.index, $1.index) }
            let gained = difference(operandsB, operandsA) { matching.isSame($1.index, $0.index) }
            return [detail("operands", lost, gained)]
        }
        let changed = operandsA.indices.filter { !matching.isSame(operandsA[$0].index, operandsB[$0].index) }
        if changed.count > 1, arePermuted(changed, operandsA, operandsB) {
            return [detail("operand order", changed.map { operandsA[$0] }, changed.map { operandsB[$0] })]
        }
        return changed.map { slot in
            detail(operandsA.count == 1 ? "operand" : "operand \(slot)", [operandsA[slot]], [operandsB[slot]])
        }
    }

    /// Where names do not tell the values apart, their types have to, or the word itself.
    private func detail(_ field: String, _ valuesA: [ValueID], _ valuesB: [ValueID]) -> Difference.Detail {
        let (namesA, namesB) = (names(valuesA, a), names(valuesB, b))
        guard namesA == namesB else { return Difference.Detail(field, namesA, namesB) }
        let (typesA, typesB) = (types(valuesA, a), types(valuesB, b))
        return Difference.Detail(
            field, "\(namesA) : \(typesA)", typesA == typesB ? "another \(namesB)" : "\(namesB) : \(typesB)")
    }

    private func arePermuted(_ slots: [Int], _ operandsA: [ValueID], _ operandsB: [ValueID]) -> Bool {
        var left = slots
        for slot in slots {
            guard let index = left.firstIndex(where: { matching.isSame(operandsA[slot].index, operandsB[$0].index) }) else {
                return false
            }
            left.remove(at: index)
        }
        return true
    }

    /// The values of a list that the other one lacks.
    private func difference(
        _ values: [ValueID], _ others: [ValueID], isSame: (ValueID, ValueID) -> Bool
    ) -> [ValueID] {
        var left = others
        return values.filter { value in
            guard let index = left.firstIndex(where: { isSame(value, $0) }) else { return true }
            left.remove(at: index)
            return false
        }
    }

    private func names(_ values: [ValueID], _ graph: Graph) -> String {
        values.map { NameText.value(graph.name(of: $0)) }.joined(separator: ", ")
    }

    private func types(_ values: [ValueID], _ graph: Graph) -> String {
        values.map { "\(graph.type(of: $0))" }.joined(separator: ", ")
    }

    // MARK: Types

    /// Whether a type differs only because those of the operands do: by the type rules, or, where an operation says its
    /// shape itself, by the same changes of extents.
    private func follows(_ nodeA: Graph.Node, _ nodeB: Graph.Node, _ typeA: TensorType, _ typeB: TensorType) -> Bool {
        let operands = zip(nodeA.operands, nodeB.operands).map { (a.type(of: $0), b.type(of: $1)) }.filter { $0 != $1 }
        guard !operands.isEmpty, nodeA.operands.count == nodeB.operands.count else { return false }
        switch nodeA.op {
        case .reshape, .broadcast:
            guard typeA.shape.rank == typeB.shape.rank else { return false }
            return zip(typeA.shape.dimensions, typeB.shape.dimensions).allSatisfy { extents in
                extents.0 == extents.1 || operands.contains { Self.turns(extents.0, into: extents.1, $0.shape, $1.shape) }
            }
        case .constant, .iota, .randomUniform, .convert:
            return false
        case .unary, .binary, .compare, .select, .stopGradient, .reduce, .dot, .transpose, .slice, .pad, .concatenate, .window,
            .overlapAdd, .gather, .scatterAdd, .matrix, .scan:
            return true
        }
    }

    private static func turns(_ extent: Int, into other: Int, _ a: Shape, _ b: Shape) -> Bool {
        a.rank == b.rank && zip(a.dimensions, b.dimensions).contains { $0 == extent && $1 == other }
    }
}

extension OpAttribute.Value {
    /// The value in a few words.
    var summary: String {
        switch self {
        case .integer(let integer): "\(integer)"
        case .integers(let integers): Self.spell(integers)
        case .pair(let left, let right): "[\(Self.spell(left)),\(Self.spell(right))]"
        case .flag(let flag): "\(flag)"
        case .word(let word): word
        case .constant(.splat(let number), let type): NumberText.spell(number, type)
        case .constant(.dense(let numbers), let type):
            numbers.count > GraphPrinter.inlineElements
                ? "\(numbers.count) numbers" : "[" + numbers.map { NumberText.spell($0, type) }.joined(separator: ", ") + "]"
        }
    }

    static func spell(_ integers: [Int]) -> String { "[" + integers.map(String.init).joined(separator: ",") + "]" }
}
