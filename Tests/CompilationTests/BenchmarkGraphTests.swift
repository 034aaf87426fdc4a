import Graph
import Passes
import Testing

/// The graphs in `bench/graphs`, which the benchmarks compile with their gradients.
@Suite struct BenchmarkGraphTests {
    @Test func everyGraphReadsAndDifferentiates() throws {
        let files = try TestFiles.names(in: "bench/graphs").filter { $0.hasSuffix(".dg") }
        try #require(!files.isEmpty)
        for file in files {
            let graph = try GraphParser.parse(TestFiles.read("bench/graphs/\(file)"), file: file)
            try GraphVerifier.verify(graph)
            guard graph.output(named: "loss") != nil else { continue }
            let inputs = graph.inputs.map { graph.name(of: $0.value) }
            try GraphVerifier.verify(Autodiff.gradient(of: graph, output: "loss", withRespectTo: inputs))
        }
    }
}
