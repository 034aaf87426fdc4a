import ArgumentParser
import Graph
import Passes

struct PassesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passes", abstract: "Lists all passes and pipelines.",
        discussion: "A pass takes one level of the representation and gives another or the same. Options of a pass stand "
            + "behind its name, as in optimizer:weight-decay=0.01:clip=1. Passes marked with * may be left out of a "
            + "compilation with --disable.")

    func run() {
        print("passes")
        let width = PassRegistry.all.map(\.name.count).max() ?? 0
        for entry in PassRegistry.all {
            print("  \(Self.row(entry.name + (entry.isOptional ? "*" : ""), entry.from, entry.to, entry.summary, width + 1))")
            for option in entry.options { print("      :\(option.spelling)  \(option.meaning)") }
        }
        print("\npipelines")
        for pipeline in NamedPipeline.all {
            print("  \(Self.row(pipeline.name, pipeline.from, pipeline.to, pipeline.summary, width + 1))")
            print("      \(pipeline.passes.map(\.name).joined(separator: ","))")
        }
    }

    private static func row(_ name: String, _ from: TextLevel, _ to: TextLevel, _ summary: String, _ width: Int) -> String {
        let levels = from == to ? from.rawValue : "\(from.rawValue) -> \(to.rawValue)"
        return pad(name, width) + "  " + pad(levels, 18) + "  " + summary
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
