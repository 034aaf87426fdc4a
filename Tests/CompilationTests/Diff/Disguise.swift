import Graph

/// The same graph under other names and with its independent lines in another order.
struct Disguise {
    var random: Random

    mutating func disguise(_ graph: Graph) -> Graph {
        var result = Graph(name: graph.name == Scan.bodyName ? graph.name : "other")
        var replacements = [ValueID?](repeating: nil, count: graph.values.count)
        // Names in another order, too, so that sorting by them does not help.
        var names = (0..<graph.values.count).map { "v\($0)" }.shuffled(using: &random)
        func define(_ value: ValueID, _ definition: Graph.Definition) {
            replacements[value.index] = ValueID(result.values.count)
            result.values.append(Graph.Value(name: names.removeLast(), type: graph.type(of: value), definition: definition))
        }
        for (position, input) in graph.inputs.enumerated() {
            define(input.value, .input(position))
            result.inputs.append(Graph.Input(value: replacements[input.value.index] ?? input.value, role: input.role))
        }
        for index in order(graph) {
            var node = graph.nodes[index]
            if case .scan(var scan) = node.op {
                scan.body = disguise(scan.body)
                node.op = .scan(scan)
            }
            node.operands = node.operands.map { replacements[$0.index] ?? $0 }
            let id = NodeID(result.nodes.count)
            for (position, value) in node.results.enumerated() { define(value, .node(id, result: position)) }
            node.results = node.results.map { replacements[$0.index] ?? $0 }
            result.nodes.append(node)
        }
        result.outputs = graph.outputs.map { output in
            Graph.Output(name: output.name, value: replacements[output.value.index] ?? output.value, updates: output.updates)
        }
        return result
    }

    /// Any order in which nodes stand behind what they read.
    private mutating func order(_ graph: Graph) -> [Int] {
        var waiting = graph.nodes.map { node in Set(node.operands).count { graph.definingNode(of: $0) != nil } }
        let uses = UseIndex(graph)
        var ready = waiting.indices.filter { waiting[$0] == 0 }
        var order: [Int] = []
        while !ready.isEmpty {
            let next = ready.remove(at: random.integer(0...ready.count - 1))
            order.append(next)
            for result in graph.nodes[next].results {
                for user in Set(uses.users[result.index]).sorted() {
                    waiting[user.index] -= 1
                    if waiting[user.index] == 0 { ready.append(user.index) }
                }
            }
        }
        return order
    }

    mutating func disguise(_ kernels: KernelGraph) -> KernelGraph {
        var result = kernels
        for index in result.tensors.indices { result.tensors[index].name = "t\(index)" }
        for index in result.kernels.indices {
            // Blocks of a tiled body are ranges of its lines.
            guard result.kernels[index].tiling?.inner.isEmpty ?? true else { continue }
            result.kernels[index].name = "k\(index)"
            result.kernels[index].body = disguise(result.kernels[index].body)
        }
        let order = order(result)
        result.kernels = order.map { result.kernels[$0] }
        for (index, kernel) in result.kernels.enumerated() {
            for tensor in kernel.results { result.tensors[tensor.index].origin = .kernel(index) }
        }
        result.decisions = []
        return result
    }

    private mutating func order(_ kernels: KernelGraph) -> [Int] {
        func producer(_ tensor: TensorID) -> Int? {
            if case .kernel(let kernel) = kernels.tensors[kernels.storage(of: tensor).index].origin { kernel } else { nil }
        }
        var left = Set(kernels.kernels.indices)
        var order: [Int] = []
        while !left.isEmpty {
            let ready = left.sorted().filter { kernel in
                kernels.kernels[kernel].operands.allSatisfy { producer($0).map { !left.contains($0) } ?? true }
            }
            let next = random.choose(ready)
            left.remove(next)
            order.append(next)
        }
        return order
    }

    /// Other names, and steps of one epoch in another order.
    mutating func disguise(_ program: Program) -> Program {
        var result = program
        let names = Dictionary(uniqueKeysWithValues: program.slices.enumerated().map { ($1.name, "s\($0)") })
        for index in result.slices.indices {
            result.slices[index].name = names[program.slices[index].name] ?? ""
            result.slices[index].storage = names[program.slices[index].storage] ?? ""
        }
        for index in result.steps.indices { result.steps[index].label = "step\(index)" }
        let epochs = Dictionary(grouping: result.steps, by: \.epoch)
        result.steps = epochs.keys.sorted().flatMap { (epochs[$0] ?? []).shuffled(using: &random) }
        return result
    }
}
