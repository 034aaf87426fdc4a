import ArgumentParser
import Graph
import Passes

struct OptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opt", abstract: "Runs passes on a text of any level, and prints the text of what they give.",
        discussion: "dgc passes lists the passes and pipelines. Example: dgc opt a.dg --pipeline optimize,kernels,program. "
            + "Without passes the text is verified and printed as it is.")

    @Argument(help: ArgumentHelp("A graph, kernel graph or program as text.", valueName: "FILE.dg"))
    var file: String

    @Option(help: ArgumentHelp("Passes to run, in order.", valueName: "a,b,c"))
    var passes: String?

    @Option(help: ArgumentHelp("Pipelines to run, in order.", valueName: "name[,name...]"))
    var pipeline: String?

    @Option(help: ArgumentHelp(
        "Leaves out a pass, one of \(PassRegistry.optionalNames.joined(separator: ", ")); may be repeated.", valueName: "pass"))
    var disable: [String] = []

    @Option(help: ArgumentHelp(
        "Runs only the first N passes, or those up to the first one of this name.", valueName: "N|pass"))
    var stopAfter: String?

    @OptionGroup var observation: ObservationArguments

    func run() throws {
        let list = try chosenPasses()
        let source = try RepresentationFile.read(file)
        let watch = try observation.observation(perEntry: false)
        defer { watch.finish() }
        let manager = PassManager(disabled: try OptionalPasses.checked(disable), observer: watch.observer)
        print(try manager.run(list, on: source).text, terminator: "")
        watch.succeed()
    }

    private func chosenPasses() throws(Diagnostic) -> [LevelPass] {
        var list: [LevelPass] = []
        switch (passes, pipeline) {
        case (let passes?, nil):
            for name in Self.names(passes) { list.append(try PassRegistry.pass(name)) }
        case (nil, let pipelines?):
            for name in Self.names(pipelines) { list += try NamedPipeline.named(name).passes }
        // A text is verified and printed even where nothing is to be done to it.
        case (nil, nil): break
        case (.some, .some):
            throw Diagnostic("arguments.passes", "dgc opt", "which passes to run is said once", expected: "--passes or --pipeline")
        }
        return Array(try stopped(list))
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingPrefix(" ") }.map(String.init)
    }

    private func stopped(_ list: [LevelPass]) throws(Diagnostic) -> ArraySlice<LevelPass> {
        guard let stopAfter else { return list[...] }
        if let count = Int(stopAfter), 0...list.count ~= count { return list.prefix(count) }
        if let last = list.firstIndex(where: { $0.name == stopAfter }) { return list[...last] }
        throw Diagnostic(
            "arguments.stop-after", "--stop-after", "there is no such place in the list of passes",
            expected: "a number in 0...\(list.count), or one of \(list.map(\.name).joined(separator: ", "))", found: stopAfter)
    }
}
