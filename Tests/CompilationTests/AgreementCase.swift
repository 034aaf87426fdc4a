import Graph

/// A graph that the interpreter, the plan and the plan without fusion must agree on.
struct AgreementCase: Sendable, CustomStringConvertible {
    var graph: Graph
    /// The differences allowed, in units of the largest element; zero stands for equal bits.
    var tolerance: Double
    /// Given inputs by name; all others are random.
    var values: [String: [Double]] = [:]

    var description: String { graph.name }

    init(_ graph: Graph, values: [String: [Double]] = [:]) {
        self.graph = graph
        self.values = values
        let isDouble = !graph.values.contains { $0.type.elementType == .f32 }
        tolerance = Self.isExact(graph) ? 0 : isDouble ? 1e-14 : 2e-6
    }

    init(_ name: String, values: [String: [Double]] = [:], _ body: String) throws {
        self.init(try Graph.parsed(body, name: name), values: values)
    }

    func inputs(seed: Int) -> [Tensor] {
        var random = Random(seed: seed)
        return graph.inputs.map { input in
            let tensor = random.tensor(graph.type(of: input.value))
            return values[graph.name(of: input.value)].map { Tensor(tensor.type, $0) } ?? tensor
        }
    }

    /// Whether only operations occur whose results are rounded once, whatever the order of evaluation.
    private static func isExact(_ graph: Graph) -> Bool {
        var (multiplies, adds) = (false, false)
        for node in graph.nodes {
            switch node.op {
            case .binary(.multiply): multiplies = true
            case .binary(.add), .binary(.subtract): adds = true
            case .unary(let op):
                switch op {
                case .exp, .log, .tanh, .logistic: return false
                case .negate, .abs, .sign, .sqrt, .floor, .roundEven, .logicalNot: break
                }
            case .binary(.power): return false
            case .reduce(.sum, _), .dot, .overlapAdd, .scatterAdd:
                if graph.type(of: node.result).elementType.isFloating { return false }
            case .matrix: return false
            case .scan(let scan):
                if !isExact(scan.body) { return false }
            case .constant, .iota, .randomUniform, .binary, .compare, .select, .convert, .stopGradient, .reduce, .transpose,
                .reshape, .broadcast, .slice, .pad, .concatenate, .window, .gather:
                break
            }
        }
        // A product and a sum may become one operation that rounds once.
        let isFloating = graph.values.contains { $0.type.elementType.isFloating }
        return !(multiplies && adds && isFloating)
    }
}
