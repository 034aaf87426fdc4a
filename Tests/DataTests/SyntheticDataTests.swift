import Data
import Graph
import Testing

@Suite struct SyntheticDataTests {
    @Test func shapes() throws {
        let dataset = try SyntheticSpecification().generate()
        #expect(dataset.train.text.shape == [512, 8, 24])
        #expect(dataset.valid.audio.shape == [128, 8, 12])
        #expect(dataset.test.vision.shape == [256, 8, 16])
        #expect(dataset.train.labels.count == 512)
        #expect(dataset.train.labels.allSatisfy { abs($0) <= 3 })
        #expect(dataset.test.ids.first == "test-0")
        for part in Dataset.Part.allCases {
            for modality in FeatureModality.allCases {
                let block = dataset[part][modality]
                #expect(block.values.count == block.shape.reduce(1, *))
            }
        }
    }

    @Test func seedDeterminesAll() throws {
        var specification = SyntheticSpecification()
        #expect(try specification.generate() == specification.generate())
        let first = try specification.generate()
        specification.validCount = 5
        #expect(try specification.generate().test == first.test)
        specification.seed = 2
        #expect(try specification.generate().test != first.test)
    }

    @Test func bound() throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            var specification = SyntheticSpecification()
            specification.seed = seed
            let noisy = try SyntheticData(specification).bestReachableCorrelation
            // 1/√(1 + 0.3²) without clipping.
            #expect(abs(noisy - 0.958) < 0.02)
            specification.labelNoise = 0
            #expect(try SyntheticData(specification).bestReachableCorrelation > 0.999_999)
        }
    }

    @Test func labelsAreLikeThoseOfSims() throws {
        var specification = SyntheticSpecification(like: .sims)
        (specification.trainCount, specification.validCount, specification.testCount) = (400, 2, 2)
        let labels = try specification.generate().train.labels
        #expect(labels.allSatisfy { abs($0) <= 1 })
        for index in 0..<5 { #expect(labels.contains { SentimentIntervals.index($0) == index }) }
    }

    /// A linear model of the features' means over time, fitted by least squares, comes close to the bound; one of a
    /// single modality does not.
    @Test func learnable() throws {
        let synthetic = try SyntheticData(SyntheticSpecification())
        let all = LinearModel.testCorrelation(synthetic.dataset, FeatureModality.allCases)
        #expect(all > 0.97 * synthetic.bestReachableCorrelation)
        for modality in FeatureModality.allCases {
            #expect(
                LinearModel.testCorrelation(synthetic.dataset, [modality]) < 0.9 * synthetic.bestReachableCorrelation)
        }
    }

    /// Six classes that are equally likely, and as often recognised as the noise allows.
    @Test func classes() throws {
        var specification = SyntheticSpecification(like: .iemocap)
        #expect(specification.classCount == 6 && specification.trainCount == 5229)
        (specification.text, specification.audio, specification.vision) = (
            .init(timeSteps: 1, featureWidth: 2), .init(timeSteps: 1, featureWidth: 2), .init(timeSteps: 1, featureWidth: 2)
        )
        let synthetic = try SyntheticData(specification)
        let counts = Dictionary(grouping: synthetic.dataset.train.labels, by: \.self).mapValues(\.count)
        #expect(counts.keys.sorted() == [0, 1, 2, 3, 4, 5])
        #expect(counts.values.allSatisfy { abs($0 - 5229 / 6) < 120 })
        let accuracy = try #require(synthetic.bestReachableAccuracy)
        #expect(accuracy > 0.5 && accuracy < 0.8)
        specification.labelNoise = 0
        #expect(try SyntheticData(specification).bestReachableAccuracy == 1)
    }

    /// Sizes of published data sets cost nothing until their values are asked for.
    @Test func largeSets() throws {
        let dataset = try SyntheticSpecification(like: .mosei).generate()
        #expect(dataset.train.text.shape == [16326, 50, 768] && dataset.test.vision.shape == [4659, 50, 35])
        let sample = dataset.train.text.values(of: [7])
        #expect(sample.count == 50 * 768 && sample == dataset.train.text.values(of: 7..<8))
    }

    @Test func flatFile() throws {
        let folder = try TemporaryFolder()
        var specification = SyntheticSpecification()
        specification.trainCount = 3
        specification.validCount = 2
        specification.testCount = 1
        let dataset = try specification.generate()
        try FlatDataset.write(dataset, to: folder.path("set.npz"))
        #expect(try Dataset.load(path: folder.path("set.npz")) == dataset)
    }

    @Test func refusals() {
        func found(_ change: (inout SyntheticSpecification) -> Void) -> Diagnostic? {
            var specification = SyntheticSpecification()
            change(&specification)
            let changed = specification
            return diagnostic { () throws(Diagnostic) in try SyntheticData(changed) }
        }
        #expect(found { $0.trainCount = 0 }?.id == "synthetic.size")
        #expect(found { $0.audio.timeSteps = .max }?.subject == "audio time steps")
        #expect(found { $0.sharedFactors = -1 }?.id == "synthetic.size")
        #expect(found { $0.labelNoise = .nan }?.id == "synthetic.number")
        #expect(found { $0.sharedWeight = 1.5 }?.id == "synthetic.number")
    }
}

/// Ridge regression by Gaussian elimination.
private enum LinearModel {
    static func testCorrelation(_ dataset: Dataset, _ modalities: [FeatureModality]) -> Double {
        let weights = fit(rows(dataset.train, modalities), dataset.train.labels.map { Double($0) })
        let predictions = rows(dataset.test, modalities).map { Float(zip($0, weights).reduce(0) { $0 + $1.0 * $1.1 }) }
        return Correlation.pearson(predictions, dataset.test.labels)
    }

    private static func rows(_ split: Split, _ modalities: [FeatureModality]) -> [[Double]] {
        let values = Dictionary(uniqueKeysWithValues: modalities.map { ($0, split[$0].values) })
        return (0..<split.sampleCount).map { sample in
            var row = [1.0]
            for modality in modalities {
                let block = split[modality]
                let values = values[modality] ?? []
                for feature in 0..<block.featureWidth {
                    let start = sample * block.timeSteps * block.featureWidth + feature
                    let frames = (0..<block.timeSteps).map { Double(values[start + $0 * block.featureWidth]) }
                    row.append(frames.reduce(0, +) / Double(block.timeSteps))
                }
            }
            return row
        }
    }

    private static func fit(_ rows: [[Double]], _ targets: [Double]) -> [Double] {
        let width = rows[0].count
        var system = (0..<width).map { first in
            (0..<width).map { second in rows.reduce(first == second ? 1.0 : 0) { $0 + $1[first] * $1[second] } }
                + [zip(rows, targets).reduce(0) { $0 + $1.0[first] * $1.1 }]
        }
        // The matrix is positive definite: no pivoting is needed.
        for pivot in 0..<width {
            for row in 0..<width where row != pivot {
                let factor = system[row][pivot] / system[pivot][pivot]
                for column in pivot...width { system[row][column] -= factor * system[pivot][column] }
            }
        }
        return (0..<width).map { system[$0][width] / system[$0][$0] }
    }
}
