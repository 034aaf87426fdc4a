/// How much there is to read in a graph, and then how much there is to compute.
///
/// An input is less than a constant, which says something, and a constant is less than an operation.
struct GraphSize: Comparable {
    private let parts: Int
    private let elements: Int

    init(_ graph: Graph) {
        var (parts, elements) = (graph.outputs.count + graph.inputs.count, 0)
        for value in graph.values { elements += value.type.elementCount }
        for node in graph.nodes {
            switch node.op {
            case .constant(_, let constant):
                parts += 2
                if case .dense(let numbers) = constant { elements += numbers.count }
            case .scan(let scan):
                let body = GraphSize(scan.body)
                parts += 4 + body.parts
                elements += scan.count + body.elements
            case .iota, .randomUniform, .unary, .binary, .compare, .select, .convert, .stopGradient, .reduce, .dot, .transpose,
                .reshape, .broadcast, .slice, .pad, .concatenate, .window, .overlapAdd, .gather, .scatterAdd, .matrix:
                parts += 4
            }
        }
        self.parts = parts
        self.elements = elements
    }

    static func < (a: GraphSize, b: GraphSize) -> Bool { (a.parts, a.elements) < (b.parts, b.elements) }

    /// The extents of all axes, in bodies too.
    static func extents(_ graph: Graph) -> Set<Int> {
        var extents = Set(graph.values.flatMap(\.type.shape.dimensions))
        for node in graph.nodes {
            if case .scan(let scan) = node.op { extents.formUnion(self.extents(scan.body)) }
        }
        return extents
    }
}

extension Graph {
    /// How many nodes there are, with those of bodies.
    public var nodeCountWithBodies: Int {
        nodes.reduce(0) { count, node in
            if case .scan(let scan) = node.op { count + 1 + scan.body.nodeCountWithBodies } else { count + 1 }
        }
    }
}
