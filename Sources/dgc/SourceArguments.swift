import ArgumentParser
import Compilation
import Data
import Foundation
import Graph
import Models
import Passes
import Runtime

/// What to compile: a specification (or a preset's name), with the data or sizes it is compiled for, or a graph as text.
struct SourceArguments: ParsableArguments {
    @Argument(help: "A specification (SPEC.json, or mosi, mosei, sims, iemocap), or a graph (GRAPH.dg).")
    var source: String

    @Option(help: "A flat .npz data set; gives the feature sizes and the batch sizes.")
    var data: String?

    @Option(name: .customLong("set"), help: "Overrides a key of the specification, as key=value. May be repeated.")
    var overrides: [String] = []

    @Option(help: "Batch sizes to compile for, as N[,N...].")
    var batch: String?

    @Flag(help: "Compile every operation to a kernel of its own.")
    var unfused = false

    @Flag(help: "Give every tensor memory of its own.")
    var noReuse = false

    var isGraph: Bool { source.hasSuffix(".dg") }

    var options: PlanCompiler.Options {
        var options = PlanCompiler.Options()
        options.unfused = unfused
        options.noReuse = noReuse
        return options
    }

    func readGraph() throws(Diagnostic) -> Graph {
        guard let bytes = FileManager.default.contents(atPath: source) else {
            throw Diagnostic("file.missing", source, "the file cannot be read", expected: "a graph in text form")
        }
        let graph = try GraphParser.parse(String(decoding: bytes, as: UTF8.self), file: source)
        try GraphVerifier.verify(graph)
        return graph
    }

    func readModel() throws(Diagnostic) -> ModelCompilation {
        let spec = try ModelSpec.load(source, overrides: overrides)
        let dataset = try data.map { path throws(Diagnostic) in try FlatDataset.load(path: path) }
        return try ModelCompilation(spec: spec, dataset: dataset, batchSizes: try batchSizes())
    }

    private func batchSizes() throws(Diagnostic) -> [Int] {
        guard let batch else { return [] }
        var sizes: [Int] = []
        for word in batch.split(separator: ",", omittingEmptySubsequences: false) {
            guard let size = Int(word), size > 0, size <= 1 << 20 else {
                throw Diagnostic("arguments.batch", "--batch", "batch sizes are positive numbers", expected: "N[,N...]", found: batch)
            }
            sizes.append(size)
        }
        return sizes
    }
}
