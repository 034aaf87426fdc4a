import ArgumentParser
import CommandLineSupport
import Compilation
import Graph
import Models
import Passes
import Runtime

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says why values are in kernels and memory as they are.",
        discussion: "Names may be abbreviated to the end of their path or to any part that no other name has; the sign % may be "
            + "left out. The entry is train, or the last one that there is, unless --entry names another.")

    @OptionGroup var source: SourceArguments

    @Option(help: ArgumentHelp("Which entry of a model, such as train or train.32.", valueName: "infer|loss|grad|train"))
    var entry: EntryArgument?

    @Option(parsing: .upToNextOption, help: ArgumentHelp(
        "Why two values are, or are not, computed in one kernel, and what would change it.", valueName: "X Y"))
    var fusion: [String] = []

    @Option(help: ArgumentHelp(
        "The life of a value: which passes made and rewrote it, its kernels, steps and memory.", valueName: "X"))
    var value: String?

    @Flag(help: "What makes up the peak of the workspace, and what would lower it at what cost.")
    var peak = false

    @Flag(help: "Print the explanation as JSON.")
    var json = false

    func validate() throws {
        guard [!fusion.isEmpty, value != nil, peak].count(where: { $0 }) == 1 else {
            throw ValidationError("Ask one thing: --fusion X Y, --value X or --peak")
        }
        guard fusion.isEmpty || fusion.count == 2 else { throw ValidationError("--fusion takes two values") }
    }

    func run() throws {
        try source.checkOptions()
        let explained = try explainedEntry()
        if peak { return try show(PeakExplanation(explained)) { $0.text } }
        let names = NameSearch(explained)
        if let value { return try show(ValueLife(of: names.find(value), in: explained)) { $0.text } }
        try show(FusionExplanation(names.find(fusion[0]), names.find(fusion[1]), in: explained)) { $0.text }
    }

    private func show<Explanation: Encodable>(_ explanation: Explanation, _ text: (Explanation) -> String) throws {
        print(json ? try JSONOutput.text(explanation) + "\n" : text(explanation), terminator: "")
    }

    private func explainedEntry() throws(Diagnostic) -> ExplainedEntry {
        switch source.kind {
        case .graph:
            try refuseEntry("a graph file has no entries")
            guard source.gradient == nil else { return try ExplainedEntry(.graph(source.readGraph()), source.options()) }
            let text = try RepresentationFile.read(source.source)
            if case .program = text, !fusion.isEmpty {
                throw Diagnostic(
                    "explain.level", source.source, "a program does not say which values are in one kernel",
                    expected: "a graph or kernels", found: text.level.rawValue)
            }
            return try ExplainedEntry(text, source.options())
        case .specification:
            let model = try source.readModel()
            let kind = entry?.kind ?? .train
            return try ExplainedEntry(
                model, kind, batch: entry?.batch ?? model.batches[kind]?.max() ?? model.sizes.batch, source.options())
        case .plan:
            let bundle = try PlanBundle(path: source.source)
            if bundle.manifest.specification == nil { try refuseEntry("the plan of a plain graph has no entries") }
            let position = try entry?.positions(in: bundle).first
                ?? bundle.manifest.entries.firstIndex { $0.kind == .train } ?? bundle.manifest.entries.count - 1
            // Only a value's life needs what the passes did.
            return try ExplainedEntry(bundle, entry: position, withHistory: value != nil)
        }
    }

    private func refuseEntry(_ reason: String) throws(Diagnostic) {
        guard let entry else { return }
        throw Diagnostic("arguments.option", "--entry \(entry)", "the option has no effect on \(source.source): \(reason)")
    }
}
