import Data
import Graph
import Testing

@Suite struct BatchOrderTests {
    @Test func generatorIsTheKnownOne() {
        var generator = SplitMix64(seed: 1_234_567)
        let words = (0..<3).map { _ in generator.next() }
        #expect(words == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func fileOrder() throws {
        let order = try BatchOrder(sampleCount: 7, batchSize: 3, order: .file)
        #expect(order.batches(epoch: 1) == [[0, 1, 2], [3, 4, 5], [6]])
        #expect(order.batches(epoch: 2) == order.batches(epoch: 1))
        #expect(order.batchCount == 3)
        #expect(try BatchOrder(sampleCount: 6, batchSize: 3, order: .file).batches(epoch: 1).count == 2)
        #expect(try BatchOrder(sampleCount: 2, batchSize: .max, order: .file).batches(epoch: 1) == [[0, 1]])
    }

    /// Computed by another implementation of the same rule: these orders may never change.
    @Test func shuffledOrderIsFixed() throws {
        let order = try BatchOrder(sampleCount: 10, batchSize: 4, order: .shuffled(seed: 42))
        #expect(order.samples(epoch: 1) == [9, 0, 5, 3, 7, 2, 8, 1, 6, 4])
        #expect(order.samples(epoch: 2) == [1, 0, 7, 9, 4, 3, 6, 2, 5, 8])
        #expect(order.batches(epoch: 1) == [[9, 0, 5, 3], [7, 2, 8, 1], [6, 4]])
    }

    @Test func shuffles() throws {
        let first = try BatchOrder(sampleCount: 100, batchSize: 10, order: .shuffled(seed: 1))
        let second = try BatchOrder(sampleCount: 100, batchSize: 10, order: .shuffled(seed: 2))
        #expect(first.samples(epoch: 3).sorted() == Array(0..<100))
        #expect(first.samples(epoch: 3) == first.samples(epoch: 3))
        #expect(first.samples(epoch: 3) != first.samples(epoch: 4))
        #expect(first.samples(epoch: 3) != second.samples(epoch: 3))
    }

    @Test func refusals() {
        func found(_ count: Int, _ size: Int) -> String? {
            diagnostic { () throws(Diagnostic) in
                try BatchOrder(sampleCount: count, batchSize: size, order: .file)
            }?.id
        }
        #expect(found(0, 1) == "batch.samples")
        #expect(found(1, 0) == "batch.size")
    }

    @Test func draws() {
        var generator = SplitMix64(seed: 9)
        let uniform = (0..<20_000).map { _ in generator.uniform() }
        #expect(uniform.allSatisfy { (0..<1).contains($0) })
        #expect(abs(uniform.reduce(0, +) / 20_000 - 0.5) < 0.01)
        let gaussian = (0..<20_000).map { _ in generator.gaussian() }
        #expect(abs(gaussian.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(gaussian.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.04)
        let counts = (0..<6000).reduce(into: [Int](repeating: 0, count: 6)) { counts, _ in
            counts[generator.index(below: 6)] += 1
        }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
        #expect(generator.index(below: 0) == 0)
        #expect(SplitMix64(seed: 1, stream: 1) != SplitMix64(seed: 1, stream: 2))
    }
}
