import Foundation
import Graph
import Passes
import Runtime

/// Compiles a plain graph, such as one read from text, to a plan with a single entry.
public struct GraphCompilation: Sendable {
    public let graph: Graph

    public init(_ graph: Graph) {
        self.graph = graph
    }

    /// The graph after all passes on the graph level.
    public func optimized(manager: PassManager = PassManager()) throws(Diagnostic) -> Graph {
        try manager.run(Pipelines.optimize, on: graph).graph
    }

    /// What it takes to compile the graph.
    public func request(
        options: PlanCompiler.Options = PlanCompiler.Options(), memoryLimit: MemoryLimit? = nil,
        observer: (any PassObserver)? = nil
    ) throws(Diagnostic) -> PlanRequest {
        let compiler = try CCompiler.find()
        let parameters = graph.inputs.filter { $0.role == .parameter }.map { input in
            PlanManifest.Parameter(
                name: graph.name(of: input.value), shape: graph.type(of: input.value).shape.dimensions,
                uniformBound: 0.1, constant: nil)
        }
        let batch = graph.inputs.first.map { graph.type(of: $0.value).shape.dimensions.first ?? 1 } ?? 1
        let manifest = PlanManifest(
            model: graph.name, compiler: compiler.manifest, target: .current(),
            entries: [PlanManifest.Entry(name: graph.name, kind: .graph, batch: batch)], parameters: parameters)
        let fingerprint = ContentHash.of(Foundation.Data(graph.text.utf8))
        return PlanRequest(
            manifest, graph: fingerprint, compiler: compiler, options: options, memoryLimit: memoryLimit, observer: observer
        ) { manager throws(Diagnostic) in [try optimized(manager: manager)] }
    }
}
