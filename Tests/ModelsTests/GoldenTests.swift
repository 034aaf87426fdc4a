import Graph
import Models
import Testing

/// The model's numbers against those of the authors' model.
@Suite struct GoldenTests {
    @Test(arguments: GoldenCase.names) func doublePrecision(_ name: String) throws {
        // The recorded sign loss, part of sims_small, is itself only good to single precision.
        let tolerance = name == "sims_small" ? 1e-9 : 1e-12
        try compare(name, .f64) { found, expected, _ in abs(found - expected) <= tolerance * max(1, abs(expected)) }
    }

    @Test(arguments: GoldenCase.names) func singlePrecision(_ name: String) throws {
        try compare(name, .f32) { found, expected, output in
            output.hasPrefix("loss")
                ? abs(found - expected) <= max(2e-6 * abs(expected), 5e-6) : abs(found - expected) <= 1e-5
        }
    }

    private func compare(
        _ name: String, _ elementType: ElementType, _ isClose: (Double, Double, String) -> Bool
    ) throws {
        let golden = try GoldenCase(name)
        let graph = try golden.model().graph(.init(dropout: false, losses: true, elementType: elementType))
        let results = try Interpreter().run(graph, inputs: golden.inputs(graph))
        let expected = try golden.expected()
        #expect(expected.count == 8)
        for (output, values) in expected {
            let found = try #require(results[output]).elements
            try #require(found.count == values.count)
            let difference = zip(found, values).map { abs($0 - $1) }.max() ?? 0
            #expect(zip(found, values).allSatisfy { isClose($0, $1, output) }, "\(output): off by \(difference)")
        }
    }
}
