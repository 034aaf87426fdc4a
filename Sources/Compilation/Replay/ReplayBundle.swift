import Data
import Foundation
import Graph
import Models
import Passes
import Runtime

/// One file with all that it takes to compile and run a model or graph again somewhere else, and to see whether the same comes
/// of it: source, options, versions, seed, every stage as text, what a run gave, and the inputs if wanted.
public struct ReplayBundle: Hashable, Sendable {
    public enum Source: Hashable, Sendable {
        /// A resolved specification with the sizes of the features.
        case specification(String)
        case graph(String)
    }

    /// The stages of all entries as text.
    public struct Stages: Hashable, Sendable {
        public var graph: String
        public var kernels: String
        public var program: String
    }

    public var description: ReplayDescription
    public var source: Source
    /// Nil where compiling failed.
    public var stages: Stages?
    /// A safetensors file.
    public var inputs: [UInt8]?
    /// Names of the inputs that are weights; not in the file.
    public private(set) var parameters: Set<String> = []

    /// Bundles a model that is to be compiled.
    public init(
        _ model: ModelCompilation, options: PlanCompiler.Options, name: String, kind: PlanManifest.EntryKind, batch: Int?, seed: Int
    ) throws(Diagnostic) {
        let manifest = try model.request(options: options).manifest
        description = ReplayDescription(
            name: name, options: ReplayDescription.Options(options), batches: Self.named(model.batches),
            classWeights: model.sizes.classWeights, kind: kind, batch: batch, seed: seed,
            origin: ReplayDescription.Origin(manifest))
        source = .specification(try Self.sizedSpecification(model))
        parameters = Set(manifest.parameters.map(\.name))
    }

    /// Bundles a graph that is to be compiled.
    public init(_ graph: Graph, options: PlanCompiler.Options, name: String, seed: Int) throws(Diagnostic) {
        let manifest = try GraphCompilation(graph).request(options: options).manifest
        description = ReplayDescription(
            name: name, options: ReplayDescription.Options(options), batches: nil, classWeights: nil, kind: .graph, batch: nil,
            seed: seed, origin: ReplayDescription.Origin(manifest))
        source = .graph(graph.text)
        parameters = Set(manifest.parameters.map(\.name))
    }

    /// Bundles a plan, with the stages that it keeps. The source of a plain graph's plan is the graph after its passes.
    public init(_ plan: PlanBundle, kind: PlanManifest.EntryKind, batch: Int?, seed: Int) throws(Diagnostic) {
        let isModel = plan.manifest.specification != nil
        let graphs = try plan.graphs()
        let model = isModel ? try ModelCompilation(bundle: plan) : nil
        description = ReplayDescription(
            name: plan.path, options: ReplayDescription.Options(PlanCompiler.Options(arguments: plan.manifest.origin?.options ?? [])),
            batches: model.map { Self.named($0.batches) }, classWeights: plan.manifest.classWeights, kind: kind, batch: batch,
            seed: seed, origin: ReplayDescription.Origin(plan.manifest))
        source = if let model { .specification(try Self.sizedSpecification(model)) } else { .graph(Graph.text(of: graphs)) }
        stages = try Stages(plan)
        parameters = Set(plan.manifest.parameters.map(\.name))
    }

    private static func named(_ batches: [PlanManifest.EntryKind: [Int]]) -> [String: [Int]] {
        Dictionary(batches.map { ($0.key.rawValue, $0.value) }) { $1 }
    }

    /// Data may have given the sizes; a bundle has no data.
    private static func sizedSpecification(_ model: ModelCompilation) throws(Diagnostic) -> String {
        try model.spec.applying([
            "feature_dims=\(model.sizes.featureDimensions.all)", "seq_lens=\(model.sizes.sequenceLengths.all)",
        ]).resolvedJSON
    }
}

extension ReplayBundle.Stages {
    public init(_ plan: PlanBundle) throws(Diagnostic) {
        self.init(
            graph: Graph.text(of: try plan.graphs()), kernels: KernelGraph.text(of: try plan.kernelGraphs()),
            program: Program.text(of: plan.programs))
    }
}
