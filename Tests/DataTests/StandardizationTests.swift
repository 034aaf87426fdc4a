import Data
import Graph
import Testing

@Suite struct StandardizationTests {
    private func block(_ values: [Float], width: Int = 1, timeSteps: Int = 1) -> FeatureBlock {
        FeatureBlock(
            sampleCount: values.count / width / timeSteps, timeSteps: timeSteps, featureWidth: width, values: values)
    }

    @Test func byHand() throws {
        // Places 0.4 and 3.6 of 0…4: 0.4 and 4 + 0.6·(100 − 4) … of the sorted values [0, 1, 2, 4, 100].
        let percentiles = try Standardization.Percentiles(lower: 10, upper: 90)
        let measured = Standardization(train: block([100, 0, 4, 1, 2], timeSteps: 5), percentiles: percentiles)
        let upper = 4 + 0.6 * 96
        #expect(abs(try #require(measured.bounds)[0].lower - 0.4) < 1e-12)
        #expect(abs(try #require(measured.bounds)[0].upper - upper) < 1e-12)
        let clipped = [0.4, 1, 2, 4, upper]
        let mean = clipped.reduce(0, +) / 5
        let deviation = (clipped.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5).squareRoot()
        #expect(abs(measured.mean[0] - mean) < 1e-12)
        #expect(abs(measured.scale[0] - deviation) < 1e-12)
        var other = block([-50, 2, 1000])
        try measured.apply(to: &other)
        #expect(
            other.values == [
                Float((0.4 - mean) / deviation), Float((2 - mean) / deviation), Float((upper - mean) / deviation),
            ])
    }

    @Test func withoutClipping() throws {
        let measured = Standardization(train: block([1, 10, 3, 10], width: 2), percentiles: nil)
        #expect(measured.bounds == nil)
        #expect(measured.mean == [2, 10])
        // A constant feature is divided by the smallest scale and stays zero.
        #expect(measured.scale == [1, 1e-6])
        var train = block([1, 10, 3, 10], width: 2)
        try measured.apply(to: &train)
        #expect(train.values == [-1, 0, 1, 0])
    }

    /// Against sorting, on values with many equal ones.
    @Test func percentilesOfManyValues() throws {
        var generator = SplitMix64(seed: 3)
        for count in [1, 2, 3, 10, 101, 2000] {
            let values = (0..<count).map { _ in Float(generator.index(below: 50)) * (generator.uniform() < 0.5 ? 0 : 1)
            }
            let sorted = values.sorted().map(Double.init)
            let percentiles = try Standardization.Percentiles(lower: 0.5, upper: 99.5)
            let bounds = try #require(Standardization(train: block(values), percentiles: percentiles).bounds)[0]
            func expected(_ percent: Double) -> Double {
                let place = percent / 100 * Double(count - 1)
                let next = min(Int(place) + 1, count - 1)
                return sorted[Int(place)] + (sorted[next] - sorted[Int(place)]) * (place - Double(Int(place)))
            }
            #expect(abs(bounds.lower - expected(0.5)) < 1e-9)
            #expect(abs(bounds.upper - expected(99.5)) < 1e-9)
        }
    }

    @Test func partsUseTrainNumbers() throws {
        func split(_ values: [Float]) -> Split {
            Split(
                text: block(values), audio: block(values), vision: block(values),
                labels: [Float](repeating: 0, count: values.count), ids: values.map { "\($0)" })
        }
        var dataset = Dataset(train: split([0, 2]), valid: split([1, 5]), test: split([3]))
        let measured = try dataset.standardize(percentiles: nil)
        #expect(measured.keys.count == 2)
        #expect(dataset.train.text.values == [0, 2])
        #expect(dataset.train.audio.values == [-1, 1])
        #expect(dataset.valid.vision.values == [0, 4])
        #expect(dataset.test.audio.values == [2])
    }

    @Test func refusals() throws {
        for (lower, upper) in [(-1.0, 50.0), (50, 50), (60, 40), (0, 101), (.nan, 50)] {
            let found = diagnostic { () throws(Diagnostic) in
                try Standardization.Percentiles(lower: lower, upper: upper)
            }
            #expect(found?.id == "standardization.percentiles")
        }
        let measured = Standardization(train: block([1, 2]), percentiles: nil)
        var other = block([1, 2], width: 2)
        let found = diagnostic { () throws(Diagnostic) in try measured.apply(to: &other) }
        #expect(found?.id == "standardization.width")
    }
}
