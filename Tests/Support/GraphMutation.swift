import Graph

/// One small change of a graph that leaves it valid.
package struct GraphMutation {
    /// What was done, for messages.
    package var what: String
    package var graph: Graph

    /// Every change of one node's constant, attribute, word or operands.
    package static func all(of graph: Graph) -> [GraphMutation] {
        var mutations: [GraphMutation] = []
        for (index, node) in graph.nodes.enumerated() {
            let name = "\(node.op.spelling) %\(graph.name(of: node.results[0]))"
            for op in changed(node.op) {
                var mutated = graph
                mutated.nodes[index].op = op
                mutations.append(GraphMutation(what: "\(name) became \(op.spelling)", graph: mutated))
            }
            if node.operands.count > 1, isLegal(node.op), node.operands[0] != node.operands[1],
                graph.type(of: node.operands[0]) == graph.type(of: node.operands[1]) {
                var mutated = graph
                mutated.nodes[index].operands.swapAt(0, 1)
                mutations.append(GraphMutation(what: "operands of \(name)", graph: mutated))
            }
            if case .scan(let scan) = node.op {
                for inner in all(of: scan.body) {
                    var mutated = graph
                    var changed = scan
                    changed.body = inner.graph
                    mutated.nodes[index].op = .scan(changed)
                    mutations.append(GraphMutation(what: "\(inner.what) in \(name)", graph: mutated))
                }
            }
        }
        return mutations
    }

    /// Every change of an input's extent that all nodes can follow by the type rules.
    package static func types(of graph: Graph) -> [GraphMutation] {
        graph.inputs.flatMap { input in
            let shape = graph.type(of: input.value).shape.dimensions
            return shape.indices.compactMap { axis -> GraphMutation? in
                var extents = shape
                extents[axis] += 1
                var mutated = graph
                mutated.values[input.value.index].type.shape = Shape(extents)
                guard let retyped = try? retyped(mutated) else { return nil }
                return GraphMutation(what: "axis \(axis) of %\(graph.name(of: input.value))", graph: retyped)
            }
        }
    }

    private static func retyped(_ graph: Graph) throws(Diagnostic) -> Graph {
        var graph = graph
        for node in graph.nodes {
            let types = try inferTypes(node.op, node.operands.map { graph.type(of: $0) })
            for (result, type) in zip(node.results, types) { graph.values[result.index].type = type }
        }
        try GraphVerifier.verify(graph)
        return graph
    }

    /// Operands of loops and products also say which axes and values are which.
    private static func isLegal(_ op: Op) -> Bool {
        switch op.kind {
        case .binary, .compare, .concatenate: true
        default: false
        }
    }

    private static func changed(_ op: Op) -> [Op] {
        switch op {
        case .constant(let type, .splat(let value)):
            [.constant(type, .splat(type.elementType == .bool ? 1 - value : value == 3 ? 4 : 3))]
        case .constant(let type, .dense(var values)):
            {
                values[values.count / 2] = values[values.count / 2] == 3 ? 4 : 3
                return type.elementType == .bool ? [] : [.constant(type, .dense(values))]
            }()
        case .randomUniform(let type, let stream): [.randomUniform(type, stream: stream + 100)]
        case .unary(let unary): unary == .logicalNot ? [] : [.unary(unary == .tanh ? .exp : .tanh)]
        case .binary(let binary):
            [.logicalAnd, .logicalOr].contains(binary) ? [] : [.binary(binary == .subtract ? .add : .subtract)]
        case .compare(let comparison): [.compare(comparison == .less ? .greater : .less)]
        case .reduce(let reduction, let axes): [.reduce(reduction == .sum ? .maximum : .sum, axes: axes)]
        case .pad(let low, let high): low == high ? [] : [.pad(low: high, high: low)]
        default: []
        }
    }
}
