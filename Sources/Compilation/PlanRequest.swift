import Foundation
import Graph
import Passes
import Runtime

/// A plan that could be compiled: all that it depends on is known, nothing of it is compiled yet.
public struct PlanRequest: Sendable {
    /// All but the fingerprints of the plan's files.
    public let manifest: PlanManifest
    private let compiler: CCompiler
    /// What is tried one after the other until the plan fits.
    private let attempts: [PlanCompiler.Options]
    private let memoryLimit: MemoryLimit?
    private let observer: (any PassObserver)?
    private let graphs: @Sendable (PassManager) throws(Diagnostic) -> [Graph]

    /// - Parameters:
    ///   - manifest: completed here by what the plan depends on beside the source.
    ///   - graph: the fingerprint of the graph, where that is the source.
    ///   - observer: watches the passes on all levels.
    ///   - graphs: makes the graphs of the entries, after all passes on the graph level.
    init(
        _ manifest: PlanManifest, graph: String?, compiler: CCompiler, options: PlanCompiler.Options, memoryLimit: MemoryLimit?,
        observer: (any PassObserver)?, graphs: @escaping @Sendable (PassManager) throws(Diagnostic) -> [Graph]
    ) {
        var manifest = manifest
        manifest.origin = PlanManifest.Origin(
            executable: Self.executableFingerprint(), compilerFile: Self.stamp(ofFile: compiler.path), graph: graph,
            options: Self.arguments(options, memoryLimit))
        self.manifest = manifest
        attempts = Self.attempts(options, memoryLimit)
        self.compiler = compiler
        self.memoryLimit = memoryLimit
        self.observer = observer
        self.graphs = graphs
    }

    /// Whether compiling would write the plan that stands there already.
    public func isUpToDate(_ path: String) -> Bool {
        manifest.origin?.executable.isEmpty == false
            && attempts.contains { PlanBundle.isUpToDate(path, manifest(for: $0)) }
    }

    /// Compiles all entries and writes the bundle.
    public func write(to path: String) throws(Diagnostic) -> PlanBundle {
        let (result, options) = try compile(for: path)
        var manifest = manifest(for: options)
        for (index, entry) in result.entries.enumerated() { manifest.entries[index].prediction = EntryPrediction(entry) }
        return try PlanBundle.write(
            to: path, manifest: manifest, graphs: result.entries.map(\.graph), kernels: result.entries.map(\.kernels),
            programs: result.entries.map(\.program), source: result.source
        ) { source, library throws(Diagnostic) in
            try compiler.compile(source: source, library: library, parts: result.parts)
        }
    }

    /// The first attempt that keeps the limit.
    ///
    /// - Throws: `memory.limit` of the one that takes least, where none does.
    private func compile(for path: String) throws(Diagnostic) -> (PlanCompiler.Result, PlanCompiler.Options) {
        let graphs = try graphs(PassManager(disabled: attempts[0].disabled, observer: observer))
        let result = try compile(graphs, attempts[0])
        guard let memoryLimit, var least = memoryLimit.excess(of: result, attempts[0]) else { return (result, attempts[0]) }
        for options in attempts.dropFirst() {
            let result = try compile(graphs, options)
            guard let excess = memoryLimit.excess(of: result, options) else { return (result, options) }
            if excess.needed < least.needed { least = excess }
        }
        throw memoryLimit.refusal(of: least, plan: path)
    }

    private func compile(_ graphs: [Graph], _ options: PlanCompiler.Options) throws(Diagnostic) -> PlanCompiler.Result {
        try PlanCompiler(options: options, observer: observer).compile(graphs)
    }

    /// Layers are computed again only as far as a limit asks for it.
    private static func attempts(_ options: PlanCompiler.Options, _ limit: MemoryLimit?) -> [PlanCompiler.Options] {
        guard limit != nil, options.recomputed == 0, !options.disabled.contains(Recomputation.name) else { return [options] }
        return MemoryLimit.recomputedPercents.map { percent in
            var attempt = options
            attempt.recomputed = percent
            return attempt
        }
    }

    private static func arguments(_ options: PlanCompiler.Options, _ limit: MemoryLimit?) -> [String] {
        options.arguments + (limit.map { [$0.argument] } ?? [])
    }

    private func manifest(for options: PlanCompiler.Options) -> PlanManifest {
        var manifest = manifest
        manifest.origin?.options = Self.arguments(options, memoryLimit)
        return manifest
    }

    /// Empty where the executable cannot be read; then no plan is ever up to date.
    private static func executableFingerprint() -> String {
        guard let path = Bundle.main.executablePath, let bytes = FileManager.default.contents(atPath: path) else { return "" }
        return ContentHash.of(bytes)
    }

    private static func stamp(ofFile path: String) -> String {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file),
            let size = attributes[.size] as? Int, let time = attributes[.modificationDate] as? Date
        else { return "" }
        return "\(size) bytes, \(time.timeIntervalSince1970)"
    }
}

extension CCompiler {
    var manifest: PlanManifest.Compiler {
        PlanManifest.Compiler(path: path, version: version, flags: flags + linkFlags)
    }
}
