/// A program as a flow of contents between steps: what is written to memory again is another value.
struct ProgramFlow {
    private(set) var graph: MatchGraph
    /// For each value of the flow the slice that it was written to.
    private(set) var sliceOf: [Int]
    /// For each slice the first and last epoch in which steps, inputs and outputs touch its content; nil if nothing does.
    private(set) var touched: [ClosedRange<Int>?]
    /// For each slice the one whose content it is; nil if there is none of that name.
    let storages: [Int?]

    /// - Parameters:
    ///   - kernels: the kernels that the steps call, which say what steps compute; without them only forms and types do.
    ///   - inputs: an identity for each input.
    ///   - outputs: an identity for each output.
    init(_ program: Program, _ kernels: KernelGraph?, inputs: [UInt128], outputs: [UInt128]) {
        let slices = program.slices
        let structures = Dictionary((kernels?.kernels ?? []).map { ($0.name, $0.structure) }) { first, _ in first }
        let places = Dictionary(zip(slices.map(\.name), slices.indices)) { first, _ in first }
        storages = slices.map { places[$0.storage] }
        graph = MatchGraph(valueCount: slices.count)
        sliceOf = Array(slices.indices)
        var current = [Int?](repeating: nil, count: slices.count)
        for (binding, identity) in zip(program.inputs, inputs) {
            current[binding.slice] = binding.slice
            var content = StableHash()
            content.add(identity)
            content.add(slices[binding.slice].type)
            graph.sources.append(MatchGraph.Anchor(value: binding.slice, identity: identity, content: content.state))
        }
        let storages = storages
        func value(_ slice: Int) -> Int { current[slice] ?? storages[slice].flatMap { current[$0] } ?? slice }
        for step in program.steps {
            let operands = step.reads.map(value)
            var results: [Int] = []
            for slice in step.writes {
                results.append(graph.valueCount)
                sliceOf.append(slice)
                current[slice] = graph.valueCount
                graph.valueCount += 1
            }
            graph.nodes.append(Self.node(step, structures[step.label], slices, operands, results))
        }
        for (binding, identity) in zip(program.outputs, outputs) {
            graph.sinks.append(MatchGraph.Anchor(value: value(binding.slice), identity: identity))
        }
        graph.index()
        touched = Self.touched(program, storages)
    }

    /// The form that a kernel function is named after; functions are numbered over all entries of a plan.
    static func family(_ function: String) -> String {
        guard let end = function.lastIndex(of: "_"), function[end...].dropFirst().allSatisfy(\.isNumber) else { return function }
        return String(function[..<end])
    }

    private static func node(
        _ step: Program.Step, _ structure: UInt128?, _ slices: [Program.Slice], _ operands: [Int], _ results: [Int]
    ) -> MatchGraph.Node {
        var types = StableHash()
        for slice in step.writes { types.add(slices[slice].type) }
        var content = StableHash()
        content.add(family(step.kernel))
        content.add(structure ?? 0)
        content.add(types.state)
        content.add(step.tasks)
        content.add(step.scratch)
        for slice in step.reads { content.add(slices[slice].type) }
        var function = StableHash()
        function.add(step.kernel)
        return MatchGraph.Node(
            spelling: family(step.kernel), content: content.state, types: types.state, operands: operands, results: results,
            name: step.label, group: function.state)
    }

    private static func touched(_ program: Program, _ storages: [Int?]) -> [ClosedRange<Int>?] {
        var ranges = [ClosedRange<Int>?](repeating: nil, count: program.slices.count)
        func touch(_ slice: Int, _ epoch: Int) {
            let storage = storages[slice] ?? slice
            ranges[storage] = min(ranges[storage]?.lowerBound ?? epoch, epoch)...max(ranges[storage]?.upperBound ?? epoch, epoch)
        }
        for step in program.steps {
            for slice in step.writes + step.reads { touch(slice, step.epoch) }
        }
        for input in program.inputs { touch(input.slice, 0) }
        for output in program.outputs { touch(output.slice, max(0, program.epochs - 1)) }
        return storages.enumerated().map { ranges[$1 ?? $0] }
    }
}
