import Foundation
import Graph
import Runtime

/// What a page shows: the stages of some entries, from a plan or from texts.
public struct ViewedPlan {
    /// The stages of one entry; empty where a text does not know them.
    public struct Entry {
        public var graph: Graph
        public var kernels: KernelGraph
        public var program: Program
        /// Seconds of one run of each kernel function, by the cost model.
        public var predictedSeconds: [String: Double]?

        public init(graph: Graph, kernels: KernelGraph, program: Program, predictedSeconds: [String: Double]? = nil) {
            self.graph = graph
            self.kernels = kernels
            self.program = program
            self.predictedSeconds = predictedSeconds
        }
    }

    public var name: String
    public var footer: String
    public var entries: [Entry]

    public init(name: String, footer: String, entries: [Entry]) {
        self.name = name
        self.footer = footer
        self.entries = entries
    }

    /// Some entries of a plan.
    ///
    /// - Throws: what reading the plan's stages throws.
    public init(_ bundle: PlanBundle, entries positions: [Int]) throws(Diagnostic) {
        let (graphs, kernels) = (try bundle.graphs(), try bundle.kernelGraphs())
        self.init(
            name: (bundle.path as NSString).lastPathComponent, footer: Self.footer(bundle),
            entries: positions.map { position in
                Entry(
                    graph: graphs[position], kernels: kernels[position], program: bundle.programs[position],
                    predictedSeconds: bundle.manifest.entries[position].prediction?.byFunction.mapValues(\.seconds))
            })
    }

    private static func footer(_ bundle: PlanBundle) -> String {
        let options = bundle.manifest.origin?.options ?? []
        // Without the commit and the address that clang adds in parentheses.
        let compiler = bundle.manifest.compiler.version.prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces)
        return "\(bundle.manifest.model), compiled with \(compiler)"
            + (options.isEmpty ? "" : ", options \(options.joined(separator: " "))")
    }
}
