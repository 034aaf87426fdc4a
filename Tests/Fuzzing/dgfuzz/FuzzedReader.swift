import Compilation
import Data
import Foundation
import Graph
import Models
import Runtime

/// Everything that reads what somebody else may have written.
enum FuzzedReader: String, CaseIterable {
    case graph, kernels, program, specification, manifest, safetensors, npz, npy, dataset, pickle, state, run, bundle

    /// How many bytes a reader may ask for at once for each byte of its input.
    ///
    /// A line of text becomes a node of a graph, which is larger; no size that a text claims is ever asked for.
    var bytesPerByte: Int {
        switch self {
        case .graph, .kernels, .program: 32
        case .specification, .manifest, .safetensors, .npz, .npy, .dataset, .pickle, .state, .run, .bundle: 1
        }
    }

    /// Reads hostile bytes. A refusal is what is wanted; a trap, a hang or much memory is what is looked for.
    ///
    /// What is accepted must keep its meaning: a text that is printed and read again is the same text.
    ///
    /// - Returns: the refusal, if it is one.
    func refusal(of bytes: UnsafeBufferPointer<UInt8>) -> Diagnostic? {
        do throws(Diagnostic) {
            switch self {
            case .graph: try Self.readGraph(bytes)
            case .kernels: try Self.readKernels(bytes)
            case .program: try Self.readProgram(bytes)
            case .specification: try Self.readSpecification(bytes)
            case .manifest: _ = try PlanManifest(json: Foundation.Data(buffer: bytes), file: "fuzz")
            case .npy: _ = try Npy.decode(Array(bytes)[...], subject: "fuzz")
            case .safetensors: try Self.file.with(bytes) { path throws(Diagnostic) in _ = try Safetensors.readContents(path: path) }
            case .npz: try Self.file.with(bytes) { path throws(Diagnostic) in _ = try NpzFile.read(path: path) }
            case .dataset, .pickle: try Self.readDataset(bytes)
            case .state: try Self.file.with(bytes) { path throws(Diagnostic) in try Self.readState(path) }
            case .run: try Self.file.with(bytes) { path throws(Diagnostic) in _ = try RunDescription(file: path) }
            case .bundle: try Self.file.with(bytes) { path throws(Diagnostic) in _ = try ReplayBundle(path: path) }
            }
            return nil
        } catch {
            // A message has an id and says something, however odd what it quotes.
            precondition(!error.id.isEmpty && !error.description.isEmpty)
            precondition(error.kind != .compilerBug, "\(error)")
            return error
        }
    }

    private static let file = FuzzedFile()

    private static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func readGraph(_ bytes: UnsafeBufferPointer<UInt8>) throws(Diagnostic) {
        let graphs = try GraphParser.parseAll(text(bytes), file: "fuzz")
        for graph in graphs { try GraphVerifier.verify(graph) }
        let entries = graphs.map { ComparedEntry(name: $0.name, graph: $0) }
        precondition(DiffReport("a", entries, "b", entries).isSame)
        let printed = Graph.text(of: graphs)
        let again = try Graph.text(of: GraphParser.parseAll(printed, file: "printed"))
        precondition(again == printed)
    }

    private static func readKernels(_ bytes: UnsafeBufferPointer<UInt8>) throws(Diagnostic) {
        let kernels = try KernelGraph.parseAll(text(bytes), file: "fuzz")
        for graph in kernels { try KernelGraphVerifier.verify(graph) }
        let entries = kernels.map { ComparedEntry(name: $0.name, kernels: $0) }
        precondition(DiffReport("a", entries, "b", entries).isSame)
        let printed = KernelGraph.text(of: kernels)
        let again = try KernelGraph.text(of: KernelGraph.parseAll(printed, file: "printed"))
        precondition(again == printed)
    }

    private static func readProgram(_ bytes: UnsafeBufferPointer<UInt8>) throws(Diagnostic) {
        let programs = try Program.parseAll(text(bytes), file: "fuzz")
        let printed = Program.text(of: programs)
        let again = try Program.text(of: Program.parseAll(printed, file: "printed"))
        precondition(again == printed)
        // Programs are compared before anybody has verified them.
        let entries = programs.map { ComparedEntry(name: $0.name, program: $0) }
        precondition(DiffReport("a", entries, "b", entries).isSame)
        if programs.count == 1 { _ = try Representation.parse(printed, file: "printed") }
    }

    private static func readSpecification(_ bytes: UnsafeBufferPointer<UInt8>) throws(Diagnostic) {
        let resolved = try ModelSpec(json: Array(bytes), file: "fuzz").resolvedJSON
        let again = try ModelSpec(json: Array(resolved.utf8), file: "resolved").resolvedJSON
        precondition(again == resolved)
    }

    /// Behind the checksum, too: hardly any change of a file keeps it, but who means harm can compute it.
    private static func readState(_ path: String) throws(Diagnostic) {
        let state = try StateFile.decode(path: path, of: training)
        precondition(state.epochs >= 0 && state.steps >= 0)
        try StateFile.check(path: path)
    }

    /// That of the state which the fuzzer goes on from.
    private static let training = TrainingConfiguration(
        dataset: "mosi", metricFamily: .mosi, isClassification: false, learningRate: 0.002, epochs: 15, earlyStopPatience: 6,
        schedulerPatience: 3, schedulerFactor: 0.1, selectionMetric: "MAE", selectionMode: .min, schedulerMetric: "MAE",
        schedulerMode: .min, seed: 1, standardizedModalities: [], clipPercentiles: nil, trainsOnValidation: false, batchSize: 8,
        sequenceLengths: [1, 1, 1], featureWidths: [1, 1, 1])

    /// The first byte chooses the kind of labels; the kind of file is known by its contents.
    private static func readDataset(_ bytes: UnsafeBufferPointer<UInt8>) throws(Diagnostic) {
        guard let first = bytes.first else { return }
        let labels: Dataset.Labels = first % 2 == 0 ? .regression : .classification
        try file.with(UnsafeBufferPointer(rebasing: bytes.dropFirst())) { path throws(Diagnostic) in
            _ = try Dataset.load(path: path, labels: labels)
        }
    }
}
