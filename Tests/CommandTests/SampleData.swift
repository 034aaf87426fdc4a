import Data
import Graph

/// Data sets that fit the models of the tests.
enum SampleData {
    /// For `mosi_small`: whole batches of 8 only.
    static func sentiment(train: Int = 24, valid: Int = 8, test: Int = 16, to path: String) throws -> String {
        var specification = SyntheticSpecification()
        (specification.trainCount, specification.validCount, specification.testCount) = (train, valid, test)
        specification.text = .init(timeSteps: 6, featureWidth: 24)
        specification.audio = .init(timeSteps: 6, featureWidth: 5)
        specification.vision = .init(timeSteps: 6, featureWidth: 7)
        try FlatDataset.write(specification.generate(), to: path)
        return path
    }

    /// For `iemocap_small`: batches of 12 and remainders of 6, labels of six classes.
    static func emotions(to path: String) throws -> String {
        var specification = SyntheticSpecification()
        (specification.trainCount, specification.validCount, specification.testCount) = (30, 6, 18)
        specification.text = .init(timeSteps: 1, featureWidth: 24)
        specification.audio = .init(timeSteps: 1, featureWidth: 10)
        specification.vision = .init(timeSteps: 1, featureWidth: 18)
        var dataset = try specification.generate()
        for part in Dataset.Part.allCases {
            dataset[part].labels = dataset[part].labels.indices.map { Float($0 * 5 % 6) }
        }
        try FlatDataset.write(dataset, to: path)
        return path
    }
}
