import Graph

/// Joins pointwise kernels over the same elements into one loop with several results.
///
/// Values that the joined kernels alone read stay in registers: an optimizer's update of a parameter and its moments reads and
/// writes each of them once.
public enum PointwiseJoining {
    public static let pass = Pass<KernelGraph, KernelGraph>(
        name: "join", summary: "Joins pointwise kernels over the same elements into one loop with several results.", run: run)

    static func run(_ graph: KernelGraph) throws(Diagnostic) -> KernelGraph {
        var groups = try PointwiseGroups(graph)
        groups.form()
        return try rebuilt(graph, groups)
    }

    /// The graph with one kernel for each group.
    private static func rebuilt(_ graph: KernelGraph, _ groups: PointwiseGroups) throws(Diagnostic) -> KernelGraph {
        var result = graph
        result.kernels = []
        for unit in groups.unitOrder() {
            let joined = unit.count == 1 ? graph.kernels[unit[0]] : try kernel(unit, graph, groups)
            for tensor in joined.results { result.tensors[tensor.index].origin = .kernel(result.kernels.count) }
            result.kernels.append(joined)
            if unit.count > 1 {
                for member in unit { result.decisions.append(decision(graph.kernels[member], joined)) }
            }
        }
        for (kernel, reason) in groups.refusals.sorted(by: { $0.key < $1.key }) where !groups.isTaken(kernel) {
            result.decisions.append(
                FusionDecision(value: graph.kernels[kernel].name, outcome: .materialized, reason: "not joined: \(reason)"))
        }
        return result.normalized()
    }

    private static func decision(_ member: KernelGraph.Kernel, _ joined: KernelGraph.Kernel) -> FusionDecision {
        FusionDecision(
            value: member.name, outcome: joined.results.contains(member.results[0]) ? .materialized : .fused,
            reason: "part of the joined kernel \(joined.name)")
    }

    /// One kernel whose body holds the members' bodies, in an order in which each stands after what it reads.
    private static func kernel(
        _ members: [Int], _ graph: KernelGraph, _ groups: PointwiseGroups
    ) throws(Diagnostic) -> KernelGraph.Kernel {
        var builder = GraphBuilder(name: "body")
        var operands: [TensorID] = []
        var values: [TensorID: ValueID] = [:]
        let inside = Set(members.map { graph.kernels[$0].results[0] })
        for member in members {
            for operand in graph.kernels[member].operands where !inside.contains(operand) && values[operand] == nil {
                values[operand] = builder.input(graph.name(of: operand), graph.type(of: operand))
                operands.append(operand)
            }
        }
        for member in members {
            let kernel = graph.kernels[member]
            var inputs: [ValueID] = []
            for operand in kernel.operands { inputs.append(try value(operand, values, graph)) }
            var rewriter = GraphRewriter(kernel.body, into: builder, inputs: inputs)
            for node in kernel.body.nodes { try rewriter.copy(node) }
            builder = rewriter.builder
            values[kernel.results[0]] = try rewriter.replacement(kernel.body.outputs[0].value)
        }
        let stored = groups.stored(members)
        let results = stored.map { graph.kernels[$0].results[0] }
        for result in results { builder.output(graph.name(of: result), try value(result, values, graph)) }
        return KernelGraph.Kernel(
            name: graph.kernels[stored.last ?? members[0]].name, form: .pointwise, operands: operands, results: results,
            body: builder.graph)
    }

    private static func value(
        _ tensor: TensorID, _ values: [TensorID: ValueID], _ graph: KernelGraph
    ) throws(Diagnostic) -> ValueID {
        guard let value = values[tensor] else {
            throw Diagnostic("join.order", graph.name(of: tensor), "tensor is used before it is computed", kind: .compilerBug)
        }
        return value
    }
}
