import Foundation
import Graph
import Models
import Testing

@Suite struct ExamplesTests {
    @Test func perceptron() throws {
        let graph = try Examples.mlp(batch: 2, inputs: 3, hidden: 4, outputs: 2, elementType: .f64)
        var inputs: [String: Tensor] = [:]
        for input in graph.inputs {
            inputs[graph.name(of: input.value)] = Tensor(graph.type(of: input.value), repeating: 0.5)
        }
        let results = try Interpreter().run(graph, inputs: inputs)
        // Every hidden unit of the first layer is 0.5 · 0.5 · 3 + 0.5, and so on.
        let first = 0.25 * 3 + 0.5
        let prediction = 0.5 * 4 * (0.5 * 4 * first + 0.5) + 0.5
        #expect(results["prediction"]?.elements == [Double](repeating: prediction, count: 4))
        #expect(results["loss"]?.scalar == (prediction - 0.5) * (prediction - 0.5))
    }

    @Test func sinkhornFollowsItsIteration() throws {
        let (count, weight) = (4, 0.3)
        let graph = try Examples.sinkhorn(count: count, entropyWeight: weight, iterations: 20, elementType: .f64)
        let cost = (0..<count * count * count).map { Philox.uniform(index: $0, stream: 0, key: (5, 6)) }
        let input = Tensor(TensorType(.f64, [count, count, count]), cost)
        let loss = try #require(try Interpreter().run(graph, inputs: ["cost": input])["loss"]).scalar
        #expect(abs(loss - sinkhornLoss(cost, count, weight, iterations: 20)) < 1e-12)
    }

    /// The loss by nested loops.
    private func sinkhornLoss(_ cost: [Double], _ count: Int, _ weight: Double, iterations: Int) -> Double {
        let kernel = cost.map { exp(-$0 / weight) }
        var scalings = [[Double]](repeating: [Double](repeating: 1, count: count), count: 3)
        func forEach(_ body: (Int, [Int]) -> Void) {
            for index in 0..<count * count * count {
                body(index, [index / (count * count), index / count % count, index % count])
            }
        }
        for _ in 0..<iterations {
            for axis in 0..<3 {
                var mass = [Double](repeating: 1e-8, count: count)
                forEach { index, place in
                    var product = kernel[index]
                    for other in 0..<3 where other != axis { product *= scalings[other][place[other]] }
                    mass[place[axis]] += product
                }
                scalings[axis] = mass.map { 1 / Double(count) / $0 }
            }
        }
        var loss = 0.0
        forEach { index, place in
            let plan = place.indices.reduce(kernel[index]) { $0 * scalings[$1][place[$1]] }
            loss += plan * cost[index] + weight * plan * (log(max(plan, 1e-8)) - 1)
        }
        return loss
    }
}
