import Compilation
import Graph
import Models
import Passes
import Runtime
import Testing

/// Training steps of the full-size model, with elements dropped, are the same to the bit for any number of threads.
@Suite struct ThreadTests {
    /// Features, labels, and weights as a run starts with them.
    private func inputs(_ graph: Graph, _ parameters: [ParameterSpec], seed: Int) -> [Tensor] {
        var random = Random(seed: seed)
        let initial = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.initial) })
        return graph.inputs.map { input in
            let (name, type) = (graph.name(of: input.value), graph.type(of: input.value))
            if input.role == .state { return Tensor(type, repeating: 0) }
            switch initial[name] {
            case .uniform(let bound): return Tensor(type, (0..<type.elementCount).map { _ in random.uniform(-bound...bound) })
            case .constant(let value): return Tensor(type, repeating: value)
            case nil: return name == "learning_rate" ? Tensor(scalar: 1e-3) : random.tensor(type)
            }
        }
    }

    @Test func trainingIsTheSameForAnyNumberOfThreads() throws {
        let spec = try ModelSpec.preset(named: "mosi")
        let compilation = try ModelCompilation(spec: spec, dataset: nil)
        let graph = try compilation.graph(.train, batch: spec.training.batchSize)
        #expect(graph.inputIndex(named: "key") != nil)
        let plan = try CompiledPlan([graph])
        let first = inputs(graph, try DecAlign(spec: spec, sizes: compilation.sizes).parameters, seed: 1)
        let key = try #require(graph.inputIndex(named: "key"))
        let loss = try #require(graph.outputs.firstIndex { $0.name == "loss.total" })
        var expected: [[Tensor]] = []
        for threads in 1...3 {
            var data = first
            for step in 0..<3 {
                data[key] = Tensor(first[key].type, [7, Double(step)])
                // Parameters and state are set once; their memory is what the step before has left.
                let given = step == 0 ? data : Array(data[..<(key + 1)])
                let results = try plan.run(0, given, threads: threads)
                if threads == 1 { expected.append(results) }
                for (position, output) in graph.outputs.enumerated() {
                    #expect(results[position].isIdentical(to: expected[step][position]), "\(output.name), step \(step), \(threads) threads")
                }
            }
        }
        let losses = expected.map { $0[loss].scalar }
        #expect(losses.allSatisfy(\.isFinite) && Set(losses).count == 3)
        #expect(expected.joined().allSatisfy { $0.elements.allSatisfy(\.isFinite) })
    }

    /// Ranges may begin and end inside an epoch.
    @Test func rangesOfStepsAreTheWholeProgram() throws {
        let golden = try GoldenCase("mosi_small")
        let compilation = try ModelCompilation(spec: golden.spec, dataset: nil)
        let graph = try compilation.graph(.grad, batch: golden.spec.training.batchSize)
        let plan = try CompiledPlan([graph])
        let inputs = golden.inputs(graph)
        let expected = try plan.run(0, inputs, threads: 3)
        let count = plan.entries[0].program.steps.count
        for length in [1, 7, 100] {
            let ranges = stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
            let found = try plan.run(0, inputs, threads: 3, ranges: ranges)
            #expect(zip(found, expected).allSatisfy { $0.isIdentical(to: $1) }, "ranges of \(length) steps")
        }
    }

    @Test func dropoutIsAFunctionOfTheKey() throws {
        let golden = try GoldenCase("sims_small")
        let rates = [
            "attn_dropout=0.3", "relu_dropout=0.2", "embed_dropout=0.2", "res_dropout=0.1", "output_dropout=0.2", "text_dropout=0.2",
        ]
        let compilation = try ModelCompilation(spec: golden.spec.applying(rates), dataset: nil)
        let graph = try compilation.graph(.grad, batch: golden.spec.training.batchSize)
        let plan = try CompiledPlan([graph])
        let key = try #require(graph.inputIndex(named: "key"))
        let logits = try #require(graph.outputs.firstIndex { $0.name == "logits" })
        func results(_ numbers: [Double]) throws -> [Tensor] {
            var inputs = golden.inputs(graph)
            inputs[key] = Tensor(inputs[key].type, numbers)
            let found = try plan.run(0, inputs, threads: 2)
            // The interpreter drops the same elements.
            let expected = try graph.run(inputs)
            for (position, output) in graph.outputs.enumerated() where output.name.hasPrefix("loss.") || position == logits {
                #expect(found[position].distance(to: expected[position], floor: 1e-2) < 1e-5, "\(output.name), key \(numbers)")
            }
            return found
        }
        let first = try results([1, 2])
        let others = [try results([1, 3]), try results([2, 2])]
        for other in others { #expect(other[logits].distance(to: first[logits]) > 1e-3) }
        #expect(others[0][logits].distance(to: others[1][logits]) > 1e-3)
        #expect(zip(try results([1, 2]), first).allSatisfy { $0.isIdentical(to: $1) })
    }
}
