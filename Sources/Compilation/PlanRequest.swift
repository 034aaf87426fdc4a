import Foundation
import Graph
import Passes
import Runtime

/// A plan that could be compiled: all that it depends on is known, nothing of it is compiled yet.
public struct PlanRequest: Sendable {
    /// All but the fingerprints of the plan's files.
    public let manifest: PlanManifest
    private let compiler: CCompiler
    private let options: PlanCompiler.Options
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
            options: options.arguments + (memoryLimit.map { [$0.argument] } ?? []))
        self.manifest = manifest
        self.compiler = compiler
        self.options = options
        self.memoryLimit = memoryLimit
        self.observer = observer
        self.graphs = graphs
    }

    /// Whether compiling would write the plan that stands there already.
    public func isUpToDate(_ path: String) -> Bool {
        manifest.origin?.executable.isEmpty == false && PlanBundle.isUpToDate(path, manifest)
    }

    /// Compiles all entries and writes the bundle.
    public func write(to path: String) throws(Diagnostic) -> PlanBundle {
        let manager = PassManager(disabled: options.disabled, observer: observer)
        let result = try PlanCompiler(options: options, observer: observer).compile(try graphs(manager))
        try memoryLimit?.check(result, options, plan: path)
        var manifest = manifest
        for (index, entry) in result.entries.enumerated() { manifest.entries[index].prediction = EntryPrediction(entry) }
        return try PlanBundle.write(
            to: path, manifest: manifest, graphs: result.entries.map(\.graph), kernels: result.entries.map(\.kernels),
            programs: result.entries.map(\.program), source: result.source
        ) { source, library throws(Diagnostic) in
            try compiler.compile(source: source, library: library, parts: result.parts)
        }
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
