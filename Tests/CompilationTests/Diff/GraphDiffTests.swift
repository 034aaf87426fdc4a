import Graph
import Passes
import TestSupport
import Testing

/// Differences of graphs: none for other names and other orders, exactly one for one change.
@Suite struct GraphDiffTests {
    private static let seeds = 1...20
    private static let files = ["mlp.grad.dg", "sinkhorn.grad.dg", "iemocap.loss.dg"]

    private static func file(_ name: String) throws -> Graph {
        try GraphParser.parse(TestFiles.read("graphs/\(name)"), file: name)
    }

    @Test(arguments: seeds)
    func otherNamesAndOrdersAreTheSame(_ seed: Int) throws {
        let graph = try RandomGraph.make(seed: seed)
        var disguise = Disguise(random: Random(seed: seed))
        let other = disguise.disguise(graph)
        try GraphVerifier.verify(other)
        #expect(GraphDiff(graph, other).differences.isEmpty, "seed \(seed)")
        #expect(GraphDiff(other, graph).differences.isEmpty, "seed \(seed)")
    }

    @Test(arguments: files + ["mosi.grad.dg"])
    func otherNamesAndOrdersOfModelsAreTheSame(_ name: String) throws {
        let graph = try Self.file(name)
        var disguise = Disguise(random: Random(seed: 1))
        #expect(GraphDiff(graph, disguise.disguise(graph)).differences.isEmpty)
    }

    @Test(arguments: seeds)
    func oneChangeIsOneDifference(_ seed: Int) throws {
        let graph = try RandomGraph.make(seed: seed)
        for mutation in GraphMutation.all(of: graph) {
            try GraphVerifier.verify(mutation.graph)
            let found = GraphDiff(graph, mutation.graph).differences
            #expect(found.count == 1 && found[0].kind == .changed, "seed \(seed), \(mutation.what): \(found)")
        }
    }

    @Test(arguments: seeds)
    func oneChangeUnderOtherNamesIsOneDifference(_ seed: Int) throws {
        let graph = try RandomGraph.make(seed: seed)
        var disguise = Disguise(random: Random(seed: seed))
        for mutation in GraphMutation.all(of: graph).shuffled(using: &disguise.random).prefix(10) {
            let found = GraphDiff(graph, disguise.disguise(mutation.graph)).differences
            #expect(found.count == 1, "seed \(seed), \(mutation.what): \(found)")
        }
    }

    @Test func oneTypeIsOneDifference() throws {
        var count = 0
        for seed in 1...120 {
            let graph = try RandomGraph.make(seed: seed)
            for mutation in GraphMutation.types(of: graph) {
                let found = GraphDiff(graph, mutation.graph).differences
                #expect(found.count == 1 && found[0].subject == .input, "seed \(seed), \(mutation.what): \(found)")
                count += 1
            }
        }
        #expect(count > 20)
    }

    @Test(arguments: files)
    func oneChangeOfAModelIsOneDifference(_ name: String) throws {
        let graph = try Self.file(name)
        var random = Random(seed: 7)
        for mutation in GraphMutation.all(of: graph).shuffled(using: &random).prefix(name.hasPrefix("i") ? 4 : 40) {
            let found = GraphDiff(graph, mutation.graph).differences
            #expect(found.count == 1, "\(mutation.what): \(found)")
        }
    }
}
