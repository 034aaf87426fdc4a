import ArgumentParser
import Data
import Foundation

struct SyntheticCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthetic", abstract: "Writes a synthetic data set with planted factors.",
        discussion: "Each modality mixes shared and unique factors; the label combines both and adds noise, so that the "
            + "best correlation that any model can reach is known. It is printed.")

    @Option(help: ArgumentHelp("The data set to write.", valueName: "FILE.npz"))
    var out: String

    @Option(parsing: .unconditional, help: ArgumentHelp("Decides everything that is drawn.", valueName: "N"))
    var seed: UInt64 = 1

    func run() throws {
        var specification = SyntheticSpecification()
        specification.seed = seed
        let synthetic = try SyntheticData(specification)
        try FlatDataset.write(synthetic.dataset, to: out)
        let sizes = Dataset.Part.allCases.map { "\($0.rawValue) \(synthetic.dataset[$0].sampleCount)" }.joined(separator: ", ")
        print("\(out): \(sizes) samples")
        print(String(format: "best reachable correlation on test: %.4f", synthetic.bestReachableCorrelation))
    }
}
