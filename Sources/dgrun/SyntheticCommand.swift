import ArgumentParser
import Data
import Foundation
import Graph

struct SyntheticCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthetic", abstract: "Writes a synthetic data set with planted factors.",
        discussion: "Each modality mixes shared and unique factors; the label combines both and adds noise, so that the "
            + "best correlation (or for classes accuracy) that any model can reach is known. It is printed.")

    @Option(help: ArgumentHelp("The data set to write.", valueName: "FILE.npz"))
    var out: String

    @Option(help: ArgumentHelp(
        "Takes the sizes of a published data set, one of mosi, mosei, sims (with labels from -1 to 1), iemocap (with six classes); "
            + "mosei takes 4 GB.",
        valueName: "name"))
    var like: SyntheticSpecification.Likeness?

    @Option(parsing: .unconditional, help: ArgumentHelp("How many samples the train part has.", valueName: "N"))
    var train: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("How many samples the valid part has.", valueName: "N"))
    var valid: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("How many samples the test part has.", valueName: "N"))
    var test: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Labels are this many classes instead of scores.", valueName: "N"))
    var classes: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Decides everything that is drawn.", valueName: "N"))
    var seed: UInt64 = 1

    func run() throws {
        var specification = like.map { SyntheticSpecification(like: $0) } ?? SyntheticSpecification()
        specification.trainCount = train ?? specification.trainCount
        specification.validCount = valid ?? specification.validCount
        specification.testCount = test ?? specification.testCount
        specification.classCount = classes ?? specification.classCount
        specification.seed = seed
        let synthetic = try SyntheticData(specification)
        try FlatDataset.write(synthetic.dataset, to: out)
        let sizes = Dataset.Part.allCases.map { "\($0.rawValue) \(synthetic.dataset[$0].sampleCount)" }.joined(separator: ", ")
        print("\(out): \(sizes) samples")
        if let accuracy = synthetic.bestReachableAccuracy {
            print(String(format: "best reachable accuracy on test: %.4f", accuracy))
        } else {
            print(String(format: "best reachable correlation on test: %.4f", synthetic.bestReachableCorrelation))
        }
    }
}

extension SyntheticSpecification.Likeness: ExpressibleByArgument {}
