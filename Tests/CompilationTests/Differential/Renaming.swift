import Graph

/// Gives all values but the inputs other names, in bodies too.
enum Renaming {
    static func renamed(_ graph: Graph, seed: Int) -> Graph {
        var random = Random(seed: seed)
        return renamed(graph, &random)
    }

    private static func renamed(_ graph: Graph, _ random: inout Random) -> Graph {
        var graph = graph
        let numbers = graph.values.indices.shuffled(using: &random)
        let inputs = Set(graph.inputs.map(\.value.index))
        for index in graph.values.indices where !inputs.contains(index) { graph.values[index].name = "part/v\(numbers[index])" }
        for index in graph.nodes.indices {
            guard case .scan(var scan) = graph.nodes[index].op else { continue }
            scan.body = renamed(scan.body, &random)
            graph.nodes[index].op = .scan(scan)
        }
        return graph
    }
}
